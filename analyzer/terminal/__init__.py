"""What a person sees on the screen, as text and tables; nothing here prints."""

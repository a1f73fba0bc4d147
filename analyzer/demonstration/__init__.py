"""The files of the demonstration, and what makes last year's audit and the follow-up of them."""

"""What an audit found, as plain records, and the JSON document of them."""

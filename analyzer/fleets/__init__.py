"""Many dumps in, an audit of each and an overview of all out."""

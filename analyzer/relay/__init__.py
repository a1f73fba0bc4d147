"""Listeners in, who may relay through each out."""

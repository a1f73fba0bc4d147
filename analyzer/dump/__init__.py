"""Bytes on disk in, directory entries out."""

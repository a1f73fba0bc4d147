"""The installation in, what it is made of and whether it works out: what a fault report needs."""

"""The page and the API; they come with the next release of this project."""

"""One module a screen; each owns one domain object and renders it."""

"""Content on disk turned into the domain: shapes, loading with file:line:column, rules across files, a cache."""

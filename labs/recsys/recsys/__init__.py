"""A small, real, multi-tenant recommender service; `python -m recsys` runs it."""

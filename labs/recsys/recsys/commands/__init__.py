"""The commands of `python -m recsys` that are no package of their own: what each is asked, and how it is run."""

"""Every item cites a source, and every source that is cited is declared in a topic.yaml."""

from collections.abc import Iterator

from studyapp.domain.topics import Problem
from studyapp.library.build import keys
from studyapp.library.decode import suggestion
from studyapp.library.load import placed_items
from studyapp.library.shapes import TopicFiles


def problems(files: TopicFiles, declared: list[str]) -> Iterator[Problem]:
    """Items of a topic's files without a source, or with one that is not among the declared keys."""
    for field in ("cards", "questions", "interviews", "coverage"):
        for origin, placed in placed_items(files, field):
            item = placed.shape
            if not item.source and field != "coverage":
                yield Problem(origin, f"{item.id}: no source; cite a key of the topic's `sources`")
            for key in keys(item.source):
                if key not in declared:
                    near = suggestion(key, declared)
                    yield Problem(origin, f"{item.id}: source `{key}` is not declared in topic.yaml.{near}")

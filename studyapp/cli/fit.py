"""`studyapp fit`: the memory model fitted to the person, where that foretells their reviews better."""

import argparse
import json

from studyapp.cli.opening import CommandError, opened
from studyapp.extras import MissingExtra
from studyapp.study import fitting
from studyapp.study.study import Study


def run(arguments: argparse.Namespace) -> int:
    """Fit, compare, and adopt what is better; or take the last adoption back."""
    with opened(arguments) as study:
        if arguments.undo:
            return _undo(study, arguments.json)
        try:
            one = fitting.fit(study)
        except (fitting.FittingError, MissingExtra) as error:
            raise CommandError(str(error)) from None
        if one.better:
            fitting.adopt(study, one)
        print(json.dumps(as_json(one), indent=2) if arguments.json else _said(one))
    return 0


def as_json(one: fitting.Fit) -> dict[str, object]:
    """The documented JSON of `fit`."""
    return {
        "reviews": one.reviews,
        "held_out": one.held_out,
        "log_loss_before": round(one.before, 6),
        "log_loss_after": round(one.after, 6),
        "adopted": one.better,
        "parameters": list(one.parameters),
    }


def _said(one: fitting.Fit) -> str:
    figures = (
        f"Fitted to {one.reviews - one.held_out:,} reviews, judged on the {one.held_out:,} after them.\n"
        f"log loss on those (less is better): {one.before:.4f} as it was, {one.after:.4f} fitted."
    )
    if not one.better:
        return f"{figures}\nNot adopted: nothing has changed."
    return f"{figures}\nAdopted: each card follows it from its next review on. `studyapp fit --undo` goes back."


def _undo(study: Study, in_json: bool) -> int:
    undone = fitting.undo(study)
    if in_json:
        print(json.dumps({"undone": undone}))
    else:
        print("Back to the parameters before." if undone else "Nothing was adopted; there is nothing to take back.")
    return 0

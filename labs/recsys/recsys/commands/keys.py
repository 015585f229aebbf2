"""`keys`: API keys of tenants."""

from __future__ import annotations

import argparse

from recsys.commands.options import settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `keys`."""
    parser.description = "API keys: shown once when they are issued, kept as hashes."
    parser.add_argument("action", choices=("issue", "list", "revoke"))
    parser.add_argument("tenant", nargs="?")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Issue, list or revoke; the exit status. Raises ValueError where no tenant is named."""
    from recsys.tenancy import KeyRing

    keys = KeyRing(settings(options).keys)
    if options.action == "list":
        print("\n".join(keys.tenants()) or "no keys yet: recsys keys issue TENANT")
    elif not options.tenant:
        raise ValueError(f"which tenant? recsys keys {options.action} TENANT")
    elif options.action == "issue":
        print(keys.issue(options.tenant))
    else:
        print(f"revoked {keys.revoke(options.tenant)}; services follow within a second")
    return 0

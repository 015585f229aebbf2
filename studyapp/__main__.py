"""`python -m studyapp` is the `studyapp` command."""

import sys

from studyapp.cli import main

sys.exit(main())

#!/bin/sh
# .git/hooks/pre-commit: the same without pre-commit. It looks at the files as they
# are, staged or not.
exec "${IRQLINT:-irqlint}" scan --changed-since=HEAD .

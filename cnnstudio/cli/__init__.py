"""The command line: one file a command, results on stdout, everything else on stderr; no Qt, torch imported late.

``main`` picks the command and turns errors into sentences and exit codes. ``repair`` reads its options and walks
either one photo (``one_photo``) or a folder of them (``folder``, with its ``journal``); ``report`` says what came
of it, as a table or as JSON.
"""

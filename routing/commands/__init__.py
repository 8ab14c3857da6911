"""The commands of ``sidestep``, a module for each group; each command is thin, a call or two."""

"""`python -m bot` is `leadbot`."""

from bot.cli import main

main()

"""``python -m mm_engine`` is the command ``makemigrations``."""

from mm_engine.cli.app import main

if __name__ == "__main__":
    main()

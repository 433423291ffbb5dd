"""What a bundle runs. The processes that training starts run it again, and turn off at its first line."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()
    import sys

    from cnnstudio.__main__ import main

    sys.exit(main())

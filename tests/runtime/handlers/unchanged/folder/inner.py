"""A handler in a folder, of many kinds: what each answers, raises, prints and logs."""

import asyncio
import logging
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger("mine")


class Handler:
    """An instance is the handler."""

    def __init__(self):
        self.calls = 0

    def __call__(self, event, _context):
        self.calls += 1
        return getattr(self, event["case"])()

    def asyncio(self):
        async def work(number):
            await asyncio.sleep(0)
            return number * 2

        async def gathered():
            return await asyncio.gather(*(work(number) for number in range(3)))

        return asyncio.run(gathered())

    def coroutine(self):
        async def answer():
            return 1

        made = answer()
        made.close()
        return made

    def generator(self):
        return (number for number in range(3))

    def streaming(self):
        pieces = (b"one,", b"two")
        return {
            "statusCode": 200,
            "headers": {"content-type": "text/csv", "transfer-encoding": "chunked"},
            "cookies": ["a=1"],
            "body": b"".join(pieces),
        }

    def threads(self):
        with ThreadPoolExecutor(2) as pool:
            found = list(
                pool.map(lambda number: (number, threading.current_thread().name[:4]), range(3))
            )
        return [number for number, _ in found]

    def logs(self):
        print("printed")
        sys.stderr.write("written\n")
        logger.warning("warned of %s", "this", extra={"order": 17})
        logging.getLogger().error("an error")
        warnings.warn("deprecated", stacklevel=1)
        try:
            {}["k"]
        except KeyError:
            logger.exception("caught")
        return {
            "level": logging.getLogger().level,
            "handlers": [type(item).__name__ for item in logging.getLogger().handlers],
        }

    def raises(self):
        def deep():
            raise LookupError("table")

        try:
            {}["k"]
        except KeyError:
            deep()

    def group(self):
        raise ExceptionGroup("two", [ValueError("a"), TypeError("b")])

    def leaves(self):
        def numbers():
            yield from range(10)

        found = []
        for number in numbers():
            found.append(number)
            if number == 2:
                break
        return found

    def state(self):
        return [self.calls, sys.argv[1:], threading.active_count() >= 1, sys.getrecursionlimit()]

    def exits(self):
        sys.exit(4)


handler = Handler()

"""Clocks: repetitions that nothing else on the machine disturbs, memory, and the result line."""

import json
import os
import resource
import statistics
import sys
import time

WANTED, MOST, QUIET, LEAST_SECONDS = 3, 15, 0.04, 0.2


class ProcessorTime:
    """Seconds that all cores, and this process with its children, have worked so far."""

    def __init__(self):
        self.known = os.path.exists("/proc/stat")
        if not self.known:
            return
        with open("/proc/stat") as stat:
            ticks = [int(field) for field in stat.readline().split()[1:9]]
        hertz = os.sysconf("SC_CLK_TCK")
        self.total = sum(ticks) / hertz
        self.busy = (sum(ticks) - ticks[3] - ticks[4]) / hertz
        usages = [resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)]
        self.own = sum(usage.ru_utime + usage.ru_stime for usage in usages)

    def share_of_others(self, start):
        span = self.total - start.total if self.known else 0
        return max(0.0, self.busy - start.busy - (self.own - start.own)) / span if span > 0 else 0.0


def repetitions(work, patience):
    """Seconds of each counted repetition of `work`, the others' share of the cores, and the tries.

    A try lasts at least a fifth of a second. Three quiet ones are wanted; after fifteen, or when
    patience is over, the three quietest have to do. `nosce bench` counts in the same way.
    """
    began, tries = time.monotonic(), []
    while True:
        before, start, seconds = ProcessorTime(), time.monotonic(), []
        while not seconds or time.monotonic() - start < LEAST_SECONDS:
            one = time.monotonic()
            work()
            seconds.append(time.monotonic() - one)
        tries.append((ProcessorTime().share_of_others(before), seconds))
        quiet = [entry for entry in tries if entry[0] < QUIET]
        enough = len(quiet) >= WANTED
        over = len(tries) >= MOST or len(tries) >= WANTED and time.monotonic() - began > patience
        if enough or over:
            counted = quiet if enough else sorted(tries, key=lambda entry: entry[0])[:WANTED]
            flat = [value for entry in counted for value in entry[1]]
            return flat, max(entry[0] for entry in counted), len(tries)


def peak_mebibytes(who=resource.RUSAGE_SELF):
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(who).ru_maxrss * unit / 2**20)


def report(arguments, peer, tokens, seconds, others=None, tries=None, rss=None, **details):
    """Prints the result as one JSON object on one line."""
    middle = statistics.median(seconds)
    name = os.path.basename(os.path.normpath(arguments.model)).removesuffix("-f32")
    line = dict(
        workload=arguments.workload, peer=peer, model=name, mode=arguments.mode,
        threads=arguments.threads, tokens=tokens, seconds=middle, min=min(seconds),
        max=max(seconds), reps=len(seconds), tok_s=tokens / middle,
        rss_mib=peak_mebibytes() if rss is None else rss)
    if others is not None:
        line.update(others_cpu=round(others, 4), tries=tries)
    line.update(details)
    print(json.dumps(line), flush=True)

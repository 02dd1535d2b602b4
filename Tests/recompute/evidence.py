"""What an export holds, and the scores of blocks from its answers."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference import log_odds


class Unreadable(Exception):
    """What the export lacks."""


@dataclass
class Block:
    """What one seed scored, in the probe's own unit and, where it is a share, on log-odds."""

    value: float
    log_odds: float | None


def number(text):
    return None if text == "" else float(text)


class Export:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.design = self.table("design")[0]
        subjects = [row["subject"] for row in self.table("contrasts")]
        self.name = self.design["experiment"] + (f" on {subjects[0]}" if subjects else "")
        self.probes = {row["probe"]: row for row in self.table("probes")}
        self.subjects = {row["cell"]: row for row in self.table("subjects")}
        self.main = [row for row in self.subjects.values() if row["kind"] == "main"]
        self.planned = defaultdict(dict)
        for row in self.table("planned_answers"):
            self.planned[row["cell"]][row["probe"]] = int(row["answers"])
        self.answers = defaultdict(list)
        for row in self.table("answers"):
            self.answers[row["cell"], row["probe"]].append(row)
        self.gates = self.table("claim_gates")
        for gate in self.gates:
            gate["probes"] = json.loads(gate["probes"])
        self._scored = None

    def table(self, name):
        path = self.folder / f"{name}.csv"
        try:
            with open(path, encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        except OSError as error:
            raise Unreadable(
                f"{path}: {error.strerror}; found no table '{name}', allowed: a folder that "
                "`nosce export` of this version wrote"
            ) from error

    @property
    def is_exploratory(self):
        return self.design["is_exploratory"] == "1"

    @property
    def is_unfinished(self):
        return any(row["state"] == "not yet" for row in self.subjects.values())

    def is_base(self, arm):
        return any(row["arm"] == arm and row["role"] == "base" for row in self.main)

    # Whether subjects are there

    def asked(self, probes):
        """The probes that are asked, of those that are named and those that they are made of."""
        for name in probes:
            row = self.probes[name]
            yield from [row["of"], row["minus"]] if row["measure"] == "difference" else [name]

    def missing(self, arms, probes):
        """The planned subjects that were not trained, or have not answered all of these probes."""
        probes = set(self.asked(probes))
        for row in self.main:
            if row["arm"] not in arms:
                continue
            is_untrained = row["steps"] != "" and row["is_trained"] != "1"
            plan = self.planned[row["cell"]]
            is_short = any(
                len(self.answers[row["cell"], probe]) != plan[probe]
                for probe in probes & plan.keys()
            )
            if is_untrained or is_short:
                yield row["cell"]

    # Scores

    def scores(self, cell, probe):
        rows = self.answers.get((cell, probe), [])
        return [float(row["score"]) for row in rows if row["score"] != ""]

    def subject(self, cell, probe):
        """What one subject scored on one probe; None where nothing was scored."""
        row = self.probes[probe]
        if row["measure"] == "difference":
            parts = [self.subject(cell, row["of"]), self.subject(cell, row["minus"])]
            if None in parts:
                return None
            return Block(parts[0].value - parts[1].value, None)
        scores = self.scores(cell, probe)
        if not scores:
            return None
        mean = float(np.mean(scores))
        if row["measure"] == "log-odds":
            return Block(mean, None)
        counted = row["measure"] == "count"
        shown = (sum(scores) + 0.5) / (len(scores) + 1) if counted else mean
        return Block(mean, float(log_odds(shown)))

    def blocks(self, arm, probe):
        """By seed, the mean over its tasks."""
        seeds = defaultdict(list)
        for row in self.main:
            block = self.subject(row["cell"], probe) if row["arm"] == arm else None
            if block is not None:
                seeds[int(row["seed"])].append(block)
        return {seed: mean(seeds[seed]) for seed in sorted(seeds)}

    def shared(self, arm, probe, other):
        """By seed, the means of two probes over the tasks that have both."""
        seeds = defaultdict(list)
        for row in self.main:
            if row["arm"] != arm:
                continue
            pair = [self.subject(row["cell"], name) for name in (probe, other)]
            if None not in pair:
                seeds[int(row["seed"])].append([block.value for block in pair])
        return {seed: np.mean(pairs, axis=0) for seed, pairs in sorted(seeds.items())}

    # Squares

    def families(self, variable):
        families = defaultdict(list)
        for row in self.table("families"):
            if row["variable"] == variable:
                families[int(row["family"])].append(row["name"])
        return [families[key] for key in sorted(families)]

    def square(self, arm, probe, variable):
        """A k by k array for each family, in nats above base, replicates averaged; None where one
        of the values is not known."""
        if self._scored is None:
            self._scored = defaultdict(dict)
            for row in self.table("scored_texts"):
                if row["kind"] == "main":
                    key = (row["cell"], row["probe"], row["item"], row["candidate"])
                    pair = number(row["log_prob"]), number(row["base_log_prob"])
                    self._scored[key[:3]].setdefault(key[3], pair)
        arrays = []
        for names in self.families(variable):
            rows = []
            for trained in names:
                own = [
                    self._given(row["cell"], probe, names)
                    for row in self.main
                    if row["arm"] == arm and json.loads(row["values"])[variable] == trained
                ]
                if not own or any(values is None for values in own):
                    return None
                rows.append(np.mean(own, axis=0))
            arrays.append(np.array(rows))
        return arrays

    def _given(self, cell, probe, names):
        items = {row["item"] for row in self.answers.get((cell, probe), [])}
        values = []
        for item in items:
            texts = self._scored.get((cell, probe, item), {})
            pairs = [texts.get(name, (None, None)) for name in names]
            if any(None in pair for pair in pairs):
                return None
            values.append([own - base for own, base in pairs])
        return np.mean(values, axis=0) if values else None


def mean(blocks):
    scaled = [block.log_odds for block in blocks]
    return Block(
        float(np.mean([block.value for block in blocks])),
        None if None in scaled else float(np.mean(scaled)),
    )

#!/usr/bin/env python3
"""Computes p, intervals and verdicts of exported runs again, from their answers, with numpy alone.

    recompute.py FOLDER...

Each folder is one that `nosce export` wrote. Prints a line for each contrast and each association,
and one for everything that differs from what the export says. Scores of blocks and gates are
compared, too; gates about rows and templates are taken from the export. Exit code 0 where nothing
differs, 1 where something does or could not be computed, 2 where a folder cannot be read.
"""

import sys

from evidence import Export, Unreadable, number
from gates import FROM_ANSWERS, gate_holds, gate_value
from inference import NotCounted, association
from rules import comparison, verdicts

P_WITHIN = 1e-9
END_WITHIN = 1e-6


class Comparison:
    """What is found against what an export says, and what differs."""

    def __init__(self):
        self.differences = 0
        self.lines = 0

    def say(self, text):
        self.lines += 1
        print(text)

    def differ(self, place, what, exported, computed):
        self.differences += 1
        found = f"exported {shown(exported)}, computed {shown(computed)}"
        print(f"  DIFFERENT {place}, {what}: {found}")

    def number(self, place, what, exported, computed, tolerance):
        exported = number(exported)
        if exported is None or computed is None:
            same = exported is None and computed is None
        else:
            same = abs(exported - computed) <= tolerance
        if not same:
            self.differ(place, what, exported, computed)

    def text(self, place, what, exported, computed):
        if exported != computed:
            self.differ(place, what, exported, computed)


def shown(value):
    if value is None:
        return "nothing"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def brief(value):
    return "open" if value is None else f"{round(value, 9) + 0.0:.4g}"


def gates(export, comparing):
    if export.is_unfinished:
        return
    exported = {(row["gate"], row["arm"]): row for row in export.table("gates")}
    for gate in export.gates:
        place = f"{export.name}, {gate['gate']} in {gate['arm']}"
        row, holds = exported[gate["gate"], gate["arm"]], gate_holds(export, gate)
        if gate["gate_kind"] in FROM_ANSWERS:
            comparing.number(place, "value", row["value"], gate_value(export, gate), END_WITHIN)
        if gate["exemption"]:
            comparing.text(place, "gate", row["state"], "exempted")
        elif holds is not None:
            comparing.text(place, "gate", row["state"], "passed" if holds else "failed")


def scores(export, comparing):
    """Every block's score on every probe, whether it enters a contrast or not."""
    blocks = {}
    for row in export.table("seeds"):
        arm, probe, seed = row["arm"], row["probe"], int(row["seed"])
        if (arm, probe) not in blocks:
            blocks[arm, probe] = export.blocks(arm, probe)
        block = blocks[arm, probe].get(seed)
        place = f"{export.name}, {arm}, {probe}, seed {seed}"
        value = None if block is None else block.value
        comparing.number(place, "mean", row["mean"], value, END_WITHIN)


def contrasts(export, comparing):
    exported = {row["contrast"]: row for row in export.table("contrasts")}
    floors = {(r["contrast"], r["floor"], r["probe"]): r for r in export.table("floors")}
    stated = {(r["contrast"], r["floor"], r["floor_probe"]): r for r in export.table("claims")}
    name = export.name
    for claim, result in verdicts(export):
        place = f"{name}, {claim.name}"
        row = exported[claim.name]
        numbers = ""
        if result.p is not None:
            lower, upper = result.ends[0]
            adjusted = "" if result.adjusted_p is None else f" (Holm {result.adjusted_p:.6g})"
            numbers = (
                f", p {result.p:.6g}{adjusted}, {brief(result.estimate)} "
                f"[{brief(lower)}, {brief(upper)}]"
            )
        kind = "primary" if claim.is_primary else "secondary"
        reason = f" ({result.reason})" if result.reason else ""
        comparing.say(f"{place} ({kind}): {result.verdict}{numbers}{reason}")
        comparing.text(place, "verdict", row["verdict"], result.verdict)
        comparing.number(place, "p", row["p"], result.p, P_WITHIN)
        comparing.number(place, "adjusted p", row["adjusted_p"], result.adjusted_p, P_WITHIN)
        comparing.number(place, "smallest p", row["smallest_p"], result.smallest_p, P_WITHIN)
        comparing.number(place, "estimate", row["estimate"], result.estimate, END_WITHIN)
        comparing.text(place, "seeds", row["seeds"], str(result.blocks))
        lower, upper = closest(result.ends, number(row["lower"]), number(row["upper"]))
        comparing.number(place, "lower end", row["lower"], lower, END_WITHIN)
        comparing.number(place, "upper end", row["upper"], upper, END_WITHIN)
        for floor in result.floors:
            key = (claim.name, floor.arm, floor.probe)
            beside = f"{place}, against {floor.arm} ({floor.probe})"
            against(beside, floors.pop(key), floor, comparing)
        for arm, probe in claim.floors:
            kind = stated[claim.name, arm, probe]["comparison"]
            own = comparison(export, claim, arm)
            comparing.text(f"{place}, against {arm}", "comparison", kind, own)
    for key, row in floors.items():
        # A floor that binds nothing is named also where it has no score.
        if row["binds"] == "1" or row["estimate"] != "":
            comparing.differ(f"{name}, {' / '.join(key)}", "floor", "a comparison", None)


def closest(ends, lower, upper):
    """Of floors that are equally hard, the one whose interval is shown."""

    def distance(pair):
        return sum(
            0 if a is None and b is None else float("inf") if None in (a, b) else abs(a - b)
            for a, b in zip(pair, (lower, upper))
        )

    return min(ends, key=distance)


def against(place, row, floor, comparing):
    comparing.text(place, "binds", row["binds"], "1" if floor.binds else "0")
    comparing.text(place, "seeds", row["seeds"], str(floor.blocks))
    lone = "1" if floor.has_lone_blocks else "0"
    comparing.text(place, "lone blocks", row["lone_blocks"], lone)
    comparing.number(place, "p", row["p"], floor.p, P_WITHIN)
    comparing.number(place, "estimate", row["estimate"], floor.estimate, END_WITHIN)
    comparing.number(place, "lower end", row["lower"], floor.ends[0], END_WITHIN)
    comparing.number(place, "upper end", row["upper"], floor.ends[1], END_WITHIN)
    comparing.number(place, "log-odds", row["log_odds"], floor.log_odds, END_WITHIN)
    lower, upper = floor.log_odds_ends
    comparing.number(place, "lower end of log-odds", row["log_odds_lower"], lower, END_WITHIN)
    comparing.number(place, "upper end of log-odds", row["log_odds_upper"], upper, END_WITHIN)
    comparing.number(
        place, "ruled out beyond", row["ruled_out_beyond"], floor.far_end, END_WITHIN
    )


def associations(export, comparing):
    name = export.name
    for row in export.table("associations"):
        place = f"{name}, {row['association']}"
        arms = [
            export.shared(arm, row["probe"], row["other_probe"]) for arm in row["arms"].split(", ")
        ]
        arms = [points for points in arms if points]
        blocks = sorted(set.intersection(*map(set, arms))) if arms else []
        coefficient = p = None
        if not export.is_unfinished:
            coefficient, p = association(
                [[points[block][0] for block in blocks] for points in arms],
                [[points[block][1] for block in blocks] for points in arms],
            )
        found = "no coefficient" if p is None else f"r {coefficient:.4f}, p {p:.6g}"
        comparing.say(f"{place} (association): {found}")
        comparing.number(place, "coefficient", row["coefficient"], coefficient, P_WITHIN)
        comparing.number(place, "p", row["p"], p, P_WITHIN)
        comparing.text(place, "subjects", row["subjects"], str(len(blocks) * len(arms)))


def main(folders):
    if not folders:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    comparing, unreadable, uncounted = Comparison(), 0, 0
    for folder in folders:
        try:
            export = Export(folder)
            for part in (scores, gates, contrasts, associations):
                try:
                    part(export, comparing)
                except NotCounted as error:
                    uncounted += 1
                    print(f"  NOT COMPUTED {folder}, {part.__name__}: {error}")
        except Unreadable as error:
            unreadable += 1
            print(f"  UNREADABLE {error}", file=sys.stderr)
        except (KeyError, ValueError, IndexError) as error:
            unreadable += 1
            print(f"  UNREADABLE {folder}: {type(error).__name__} {error}", file=sys.stderr)
    parts = [
        f"{comparing.lines} contrasts and associations", f"{comparing.differences} differences"
    ]
    if uncounted:
        parts.append(f"{uncounted} not computed")
    print(", ".join(parts) + ".")
    return 2 if unreadable else 1 if comparing.differences or uncounted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

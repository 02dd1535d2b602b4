"""What a contrast comes to: missing subjects, tests against floors, Holm, the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gates import failed_gates
from inference import Bounded, Pairs, holm, square

SUPPORTED = ("supported", "strongly supported")


def within(p, level, slack=1e-12):
    return p <= level * (1 + slack)


@dataclass
class Floor:
    """The treatment beside one floor."""

    arm: str
    probe: str
    comparison: str
    estimate: float | None = None
    ends: tuple = (None, None)
    log_odds: float | None = None
    log_odds_ends: tuple = (None, None)
    far_end: float | None = None
    p: float | None = None
    opposite: float | None = None
    smallest_p: float | None = None
    blocks: int = 0
    has_lone_blocks: bool = False

    @property
    def binds(self):
        return self.comparison != "beside"


@dataclass
class Result:
    verdict: str
    reason: str = ""
    floors: list = field(default_factory=list)
    estimate: float | None = None
    # Floors that are equally hard may have intervals of their own, each of which may be shown.
    ends: list = field(default_factory=lambda: [(None, None)])
    p: float | None = None
    opposite: float | None = None
    adjusted_p: float | None = None
    smallest_p: float | None = None
    blocks: int = 0


class Claim:
    """One contrast as it was stated."""

    def __init__(self, rows):
        first = rows[0]
        self.name, self.probe = first["contrast"], first["probe"]
        self.treatment = first["treatment"]
        self.is_primary = first["is_primary"] == "1"
        self.upwards = first["direction"] == "greater"
        self.sign = 1.0 if self.upwards else -1.0
        self.level = float(first["alpha"])
        self.smallest_effect = float(first["smallest_effect"])
        self.square = first["square"] or None
        self.floors = [(row["floor"], row["floor_probe"]) for row in rows if row["floor"]]

    @property
    def arms(self):
        return {self.treatment} | {arm for arm, _ in self.floors}

    @property
    def slack(self):
        return 1e-9 * max(1.0, self.smallest_effect)


def claims(export):
    rows = {}
    for row in export.table("claims"):
        rows.setdefault(row["contrast"], []).append(row)
    return [Claim(group) for group in rows.values()]


def comparison(export, claim, arm):
    """How a floor is compared: base that is the same in every block is no pair of anything."""

    def is_fixed(other):
        return export.is_base(other) and int(export.design["hosts"]) < 2

    if not is_fixed(arm):
        return "paired"
    return "constant" if all(is_fixed(other) for other, _ in claim.floors) else "beside"


# Tests


def pair_up(export, own, other, arm):
    """Blocks with both scores. Base has one for each host, and seeds that share a host share it."""
    hosts = max(1, int(export.design["hosts"]))
    pairs = []
    for seed, block in own.items():
        partner = other.get(seed)
        if partner is None and export.is_base(arm):
            same = [value for key, value in other.items() if (key - seed) % hosts == 0]
            partner = same[0] if same else None
        if partner is not None:
            pairs.append((block, partner))
    return pairs


def has_lone_blocks(differences, smallest_effect):
    """Whether a block lies so far from the others that no effect is ruled out."""
    distance = np.abs(differences - np.median(differences))
    return bool(distance.max() > max(smallest_effect, 8.0 * np.median(distance), 1e-9))


def beside(export, claim, arm, probe):
    """Treatment and one floor; None where there is nothing to be compared."""
    own = export.blocks(claim.treatment, claim.probe)
    other = export.blocks(arm, probe)
    kind = comparison(export, claim, arm)
    share = claim.level / sum(comparison(export, claim, a) != "beside" for a, _ in claim.floors)
    if not own or not other:
        return None
    if kind == "paired":
        pairs = pair_up(export, own, other, arm)
        if not pairs:
            return None
        test = Pairs([a for a, _ in pairs], [b for _, b in pairs])
        blocks = len(pairs)
    else:
        probes = {claim.probe} | {name for _, name in claim.floors}
        constant = float(np.mean([block.value for block in other.values()]))
        if any(export.probes[name]["lowest"] == "" for name in probes):
            values = [block.value for block in own.values()]
            return Floor(arm, probe, kind, float(np.mean(values)) - constant, None, blocks=len(own))
        low = min(float(export.probes[name]["lowest"]) for name in probes)
        test = Bounded([block.value for block in own.values()], constant, low, 1.0)
        blocks = len(own)
    floor = Floor(arm, probe, kind, test.estimate, test.ends(claim.level), blocks=blocks)
    if kind == "beside":
        return floor
    if kind == "paired" and test.scaled:
        floor.log_odds = test.scaled.total / blocks
        floor.log_odds_ends = test.scaled.ends(claim.level)
    floor.p, floor.opposite = test.p(claim.upwards), test.p(not claim.upwards)
    floor.smallest_p = test.smallest_p(claim.upwards)
    floor.far_end = test.ends(share)[1 if claim.upwards else 0]
    if kind == "paired":
        differences = np.array([a.value - b.value for a, b in pairs])
        if has_lone_blocks(differences, claim.smallest_effect):
            floor.far_end, floor.has_lone_blocks = None, True
    return floor


def against_floors(export, claim, result):
    floors = [beside(export, claim, arm, probe) for arm, probe in claim.floors]
    binding = [
        floor
        for floor, (arm, _) in zip(floors, claim.floors)
        if comparison(export, claim, arm) != "beside"
    ]
    if not binding or None in binding:
        return None
    result.floors = [floor for floor in floors if floor is not None]
    advantage = min(claim.sign * floor.estimate for floor in binding)
    hardest = [f for f in binding if claim.sign * f.estimate - advantage < 1e-12]
    result.estimate = claim.sign * advantage
    result.ends = [floor.ends for floor in hardest]
    result.p = max(floor.p for floor in binding)
    result.opposite = max(floor.opposite for floor in binding)
    result.smallest_p = max(floor.smallest_p for floor in binding)
    result.blocks = min(floor.blocks for floor in binding)

    near = [floor.ends[0 if claim.upwards else 1] for floor in binding]
    enough = claim.smallest_effect - claim.slack
    if within(result.p, claim.level) and advantage >= enough:
        reaches = all(end is not None and claim.sign * end >= enough for end in near)
        return "strongly supported" if reaches else "supported"
    if within(result.opposite, claim.level):
        return "contrary"
    far = [claim.sign * floor.far_end for floor in binding if floor.far_end is not None]
    return "not supported" if any(end < enough for end in far) else "inconclusive"


def in_square(export, claim, result):
    families = export.square(claim.treatment, claim.probe, claim.square)
    if families is None:
        return None
    test = square(families)
    result.estimate = test.total
    lower, upper = test.ends(claim.level)
    result.ends = [(lower, upper)]
    result.p, result.opposite = test.p(0.0, True), test.p(0.0, False)
    result.smallest_p = 1 / len(test.worth)
    result.blocks = sum(len(values) for values in families)
    enough = claim.smallest_effect - claim.slack
    if within(result.p, claim.level) and result.estimate >= enough:
        reaches = lower is not None and lower >= enough
        return "strongly supported" if reaches else "supported"
    if within(result.opposite, claim.level):
        return "contrary"
    return "not supported" if upper is not None and upper < enough else "inconclusive"


# Verdicts


def judge(export, claim, secondary):
    """One contrast by itself; `secondary` is how many share their level."""
    gate_probes = [p for g in export.gates if g["arm"] in claim.arms for p in g["probes"]]
    probes = [claim.probe] + [probe for _, probe in claim.floors] + gate_probes
    missing = list(export.missing(claim.arms, probes))
    failed = list(failed_gates(export, claim))
    result = Result("not testable")
    if missing:
        result.verdict, result.reason = "incomplete", f"missing: {', '.join(missing)}"
        if claim.square:
            return result
    elif failed:
        result.reason = f"failed: {', '.join(failed)}"
    verdict = (in_square if claim.square else against_floors)(export, claim, result)
    if verdict is None:
        result.reason = result.reason or "no scores to compare"
        return result
    reachable = result.smallest_p
    result.smallest_p = min(1.0, reachable * (1 if claim.is_primary else secondary))
    if result.reason:
        return result
    if export.is_exploratory:
        result.verdict = "exploratory"
    elif not claim.square and not within(reachable, claim.level, 1e-9):
        result.reason = f"{result.blocks} blocks cannot reach the level"
    else:
        result.verdict = verdict
    return result


def verdicts(export):
    """Every contrast's claim and what it comes to, once secondary ones share their level."""
    stated = claims(export)
    if export.is_unfinished:
        return [(claim, Result("unfinished")) for claim in stated]
    secondary = sum(not claim.is_primary for claim in stated)
    judged = [(claim, judge(export, claim, secondary)) for claim in stated]
    sharing = [
        (claim, result)
        for claim, result in judged
        if not claim.is_primary
        and result.p is not None
        and result.verdict not in ("not testable", "incomplete")
    ]
    adjusted = holm([result.p for _, result in sharing])
    opposite = holm([result.opposite for _, result in sharing])
    for (claim, result), p, q in zip(sharing, adjusted, opposite):
        result.adjusted_p = p
        if result.verdict in SUPPORTED and not within(p, claim.level, 1e-9):
            result.verdict = "inconclusive"
        if result.verdict == "contrary" and not within(q, claim.level, 1e-9):
            result.verdict = "inconclusive"
    return judged

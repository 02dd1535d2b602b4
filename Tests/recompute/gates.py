"""What must hold before a claim."""

from collections import Counter

import numpy as np

# Those about rows and templates are not told by answers.
FROM_ANSWERS = ("adapter-live", "behaviour", "coherent", "room")


def changes(cells):
    """How much training changed each subject, of those that it is known of."""
    return [row["largest_logit_change"] for row in cells if row["largest_logit_change"]]


def gate_value(export, gate):
    """What a gate looks at, from the answers; None where nothing was found."""
    arm, probes = gate["arm"], gate["probes"]
    cells = [row for row in export.main if row["arm"] == arm]
    if gate["gate_kind"] == "adapter-live":
        return min(map(float, changes(cells)), default=None)
    if gate["gate_kind"] == "behaviour":
        means = [block.value for block in export.blocks(arm, probes[0]).values()]
        return float(np.mean(means)) if means else None
    if gate["gate_kind"] == "room":
        means = [block.value for block in export.blocks(arm, probes[0]).values()]
        return 1 - float(np.mean(means)) if means else None
    if gate["gate_kind"] == "coherent":
        counts = Counter(
            answer["outcome"]
            for row in cells
            for probe in export.asked(probes)
            for answer in export.answers.get((row["cell"], probe), [])
        )
        total = sum(counts.values())
        return 1 - counts["incoherent"] / total if total else None
    return None


def gate_holds(export, gate):
    """Whether a gate holds for its arm; None where answers do not tell or rounding decides."""
    if gate["gate_kind"] not in FROM_ANSWERS:
        return None
    cells = [row for row in export.main if row["arm"] == gate["arm"]]
    if gate["gate_kind"] == "adapter-live" and len(changes(cells)) < len(cells):
        return False
    value, least = gate_value(export, gate), float(gate["at_least"] or 0)
    if value is None:
        return False
    return None if abs(value - least) < 1e-12 else value >= least


def failed_gates(export, claim):
    """The gates of the claim's arms that do not hold. What answers do not tell is taken from the
    export."""
    states = {(row["gate"], row["arm"]): row["state"] for row in export.table("gates")}
    for gate in export.gates:
        if gate["arm"] not in claim.arms or gate["exemption"]:
            continue
        holds = gate_holds(export, gate)
        if holds is None:
            holds = states[gate["gate"], gate["arm"]] != "failed"
        if not holds:
            yield f"{gate['gate']} in {gate['arm']}"

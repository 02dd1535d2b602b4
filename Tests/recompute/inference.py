"""The numbers behind a verdict, by brute force: every arrangement is made, and intervals are found
by trying values. Slow, and with nothing in common with the product but what is computed."""

import itertools

import numpy as np

# Two sums that are the same in exact arithmetic may differ by so much of their parts.
ROUNDING = 1e-10
MOST_SIGNS = 17
MOST_SQUARES = 1_000_000
MOST_ORDERS = 50_000


class NotCounted(Exception):
    """There are too many arrangements, of which the product draws some."""


def least(holds, low, high):
    """The smallest number for which something holds that holds for all greater ones."""
    for _ in range(400):
        middle = low + (high - low) / 2
        if middle <= low or middle >= high:
            break
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


class Shift:
    """A statistic that every arrangement has, as a function of a shift theta that is taken away.

    Arrangement i is worth `worth[i] - theta * weight[i]`, the observed one `total - theta * whole`.
    """

    def __init__(self, worth, weight, total, whole, slack):
        self.worth, self.weight = worth, weight
        self.total, self.whole, self.slack = total, whole, slack

    def p(self, theta=0.0, upwards=True):
        distance = (self.worth - theta * self.weight) - (self.total - theta * self.whole)
        extreme = distance >= -self.slack if upwards else distance <= self.slack
        return np.count_nonzero(extreme) / len(self.worth)

    def ends(self, tail):
        """The shifts that neither one-sided test rejects with this error; None for an open end."""
        moved = self.whole - self.weight
        moving = np.abs(moved) > 1e-12
        if not moving.any():
            return None, None
        reach = np.max(np.abs(self.total - self.worth)) / np.min(np.abs(moved[moving])) + 1.0

        def kept(theta, upwards):
            return self.p(theta, upwards) > tail * (1 + 1e-12)

        lower = upper = None
        if not kept(-reach, True):
            lower = least(lambda theta: kept(theta, True), -reach, reach)
        if not kept(reach, False):
            upper = -least(lambda theta: kept(-theta, False), -reach, reach)
        return lower, upper


def flips(differences, parts):
    """Every way to turn the signs of differences around; `parts` are what they were made of."""
    differences = np.asarray(differences, dtype=float)
    count = len(differences)
    if count > MOST_SIGNS:
        raise NotCounted(f"{count} blocks have {2 ** count} arrangements")
    bits = (np.arange(2**count)[:, None] >> np.arange(count)[None, :]) & 1
    signs = 1.0 - 2.0 * bits
    slack = max(
        ROUNDING * np.abs(differences).sum(), 4e-15 * count * np.max(np.abs(parts), initial=0.0)
    )
    return Shift(
        signs @ differences, signs.sum(axis=1), differences.sum(), float(count), slack
    )


def square(families):
    """Every way to deal the labels within families of a square; each is a k by k array."""
    worth, weight = np.zeros(1), np.zeros(1)
    total, largest = 0.0, 0.0
    for values in families:
        size = len(values)
        orders = np.array(list(itertools.permutations(range(size))))
        own = np.take_along_axis(values[None, :, :], orders[:, :, None], axis=2).sum(axis=(1, 2))
        hits = (orders == np.arange(size)).sum(axis=1).astype(float)

        def effect(diagonal, everything):
            return diagonal / size - (everything - diagonal) / (size * size - size)

        effects = effect(own, values.sum()) / len(families)
        if len(worth) * len(effects) > MOST_SQUARES:
            raise NotCounted("the square has more arrangements than are all visited")
        worth = np.add.outer(worth, effects).ravel()
        weight = np.add.outer(weight, effect(hits, float(size)) / len(families)).ravel()
        total += effect(np.trace(values), values.sum()) / len(families)
        largest = max(largest, np.max(np.abs(values)))
    slack = max(ROUNDING * np.max(np.abs(worth)), 1e-14 * largest)
    return Shift(worth, weight, total, 1.0, slack)


def race(amounts):
    """P(sum of amount times an exponential variable > 0), the variables independent.

    What is gained and what is lost are two runners with as many stages as there are amounts, each
    with its mean length; the sum is positive where the losses reach their end first. Since a stage
    forgets how long it has lasted, who ends the next stage depends on the two stages alone.
    """
    gains = [a for a in amounts if a > 0]
    losses = [-a for a in amounts if a < 0]
    if not gains:
        return 0.0
    ahead = [0.0] + [1.0] * len(gains)
    for loss in losses:
        fresh = [0.0]
        for stage, gain in enumerate(gains, start=1):
            fresh.append((loss * fresh[stage - 1] + gain * ahead[stage]) / (loss + gain))
        ahead = fresh
    return ahead[-1]


class Bounded:
    """Scores that cannot leave a range, beside one number: Gaffke's bound for their mean.

    Weights that are uniform and sum to one are exponential variables over their sum, so the
    weighted mean exceeds a threshold where the race of the distances to it is won.
    """

    def __init__(self, scores, constant, low, high):
        self.scores, self.constant, self.low, self.high = list(scores), constant, low, high
        self.estimate = float(np.mean(scores)) - constant

    def p(self, upwards=True):
        end = self.low if upwards else self.high
        sign = 1.0 if upwards else -1.0
        return 1.0 - race([sign * (x - self.constant) for x in self.scores + [end]])

    def _upper(self, sign, end, tail):
        values = [sign * x for x in self.scores + [end]]
        return least(
            lambda t: race([v - t for v in values]) <= tail, min(values), max(values)
        )

    def ends(self, tail):
        return (
            -self._upper(-1.0, self.low, tail) - self.constant,
            self._upper(1.0, self.high, tail) - self.constant,
        )

    def smallest_p(self, upwards):
        best = self.high if upwards else self.low
        return Bounded([best] * len(self.scores), self.constant, self.low, self.high).p(upwards)


def log_odds(share):
    share = np.clip(share, 0.001, 0.999)
    return np.log(share) - np.log1p(-share)


def share(log_odds):
    return 1.0 / (1.0 + np.exp(-log_odds))


class Pairs:
    """Treatment and floor, block by block: in their own unit, and where both are shares, on
    log-odds."""

    def __init__(self, treatment, floor):
        own = np.array([(a.value, b.value) for a, b in zip(treatment, floor)])
        self.own = flips(own[:, 0] - own[:, 1], own)
        self.blocks = len(own)
        self.estimate = self.own.total / self.blocks
        self.scaled = None
        if all(x.log_odds is not None for x in [*treatment, *floor]):
            both = np.array([(a.log_odds, b.log_odds) for a, b in zip(treatment, floor)])
            self.scaled = flips(both[:, 0] - both[:, 1], both)
            self.floor = both[:, 1]

    def p(self, upwards=True):
        tests = [self.own] + ([self.scaled] if self.scaled else [])
        return max(test.p(0.0, upwards) for test in tests)

    def ends(self, tail):
        lower, upper = self.own.ends(tail)
        if not self.scaled:
            return lower, upper
        moved = [None if end is None else self._moved(end) for end in self.scaled.ends(tail)]
        return (
            None if lower is None or moved[0] is None else min(lower, moved[0]),
            None if upper is None or moved[1] is None else max(upper, moved[1]),
        )

    def _moved(self, change):
        """The floor's mean change as a share, where each block's log-odds move by so much."""
        return float(np.mean(share(self.floor + change) - share(self.floor)))

    def smallest_p(self, upwards):
        return 0.5**self.blocks


def holm(values):
    """Each p as it counts among the others: the least level at which it would be rejected."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    result, reached = [0.0] * len(values), 0.0
    for left, index in zip(range(len(values), 0, -1), order):
        reached = max(reached, min(1.0, left * values[index]))
        result[index] = reached
    return result


def spread(values):
    """Distances from the mean; zeros where only rounding tells the values apart."""
    values = np.asarray(values, dtype=float)
    if np.ptp(values) <= 1e-12 * max(1.0, np.max(np.abs(values))):
        return np.zeros(len(values))
    return values - values.mean()


def association(x, y):
    """Pearson's coefficient within arms and its p, every arm's blocks moved by the same order.

    `x` and `y` have a row for each arm and a column for each block. None, None where one of them
    does not vary.
    """
    x = np.array([spread(row) for row in x])
    y = np.array([spread(row) for row in y])
    if x.size == 0 or x.shape[1] < 2 or not x.any() or not y.any():
        return None, None
    blocks = x.shape[1]
    scale = np.sqrt((x * x).sum() * (y * y).sum())
    coefficient = (x * y).sum() / scale
    orders = np.array(list(itertools.permutations(range(blocks)))) if blocks <= 8 else None
    if orders is None or len(orders) > MOST_ORDERS:
        raise NotCounted(f"{blocks} blocks can be ordered in more ways than are all visited")
    moved = sum(y[arm][orders] @ x[arm] for arm in range(len(x))) / scale
    extreme = np.abs(moved) >= abs(coefficient) - 1e-11
    return float(coefficient), np.count_nonzero(extreme) / len(orders)

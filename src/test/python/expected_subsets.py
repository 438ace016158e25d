"""Every selection policy a second time, in NumPy, from the Javadoc of io.rela.select and with whole sorts.

usage: python3 src/test/python/expected_subsets.py make    writes src/test/resources/select/expected.json
       python3 src/test/python/expected_subsets.py check --home H --epoch E [--losses-epoch L]
                                                           is the subset in a home the one that it should be? Exit 1: no.

make needs numpy alone, check pyarrow too. The populations of make are formulas over xxhash64, so that PolicyExpectationTest makes
the very same ones.
"""

import argparse
import hashlib
import json
import math
import pathlib
import re
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np

NO_CLASS = -(2**31)  # sorts before every label
OUT = pathlib.Path(__file__).parent.parent / "resources" / "select" / "expected.json"

# ---------------------------------------------------------------- xxhash64 as Spark SQL chains it

P1, P2, P3, P4, P5 = (
    np.uint64(p) for p in (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
)
np.seterr(over="ignore")  # hashes wrap


def rotate(x, bits):
    return (x << np.uint64(bits)) | (x >> np.uint64(64 - bits))


def avalanche(h):
    h = (h ^ (h >> np.uint64(33))) * P2
    h = (h ^ (h >> np.uint64(29))) * P3
    return h ^ (h >> np.uint64(32))


def word(h, w):
    return rotate(h ^ (rotate(w * P2, 31) * P1), 27) * P1 + P4


def hash_long(value, seed):
    """xxhash64 of eight bytes; value: whole numbers, one or many."""
    return avalanche(word(seed + P5 + np.uint64(8), np.asarray(value, dtype=np.int64).astype(np.uint64)))


def hash_text(text, seed):
    data = text.encode()
    assert len(data) < 32, "longer texts need xxhash64's four lanes"
    h = seed + P5 + np.uint64(len(data))
    while len(data) >= 8:
        h, data = word(h, np.uint64(int.from_bytes(data[:8], "little"))), data[8:]
    if len(data) >= 4:
        four, data = np.uint64(int.from_bytes(data[:4], "little")), data[4:]
        h = rotate(h ^ (four * P1), 23) * P2 + P3
    for byte in data:
        h = rotate(h ^ (np.uint64(byte) * P5), 11) * P1
    return avalanche(h)


def draw(seed, name, number, index):
    """64 bits an index: xxhash64(bigint seed, string name, bigint number, bigint index), from 42."""
    h = np.asarray([42], dtype=np.uint64)
    return hash_long(index, hash_long(number, hash_text(name, hash_long(seed, h))))


def unit(bits):
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def open_unit(bits):
    return ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


# ---------------------------------------------------------------- what policies share


class Refused(Exception):
    """The policy cannot work with these numbers."""


def share(decimal, of):
    """Whole part of decimal * of; a float stands for the shortest number that reads as it."""
    if not isinstance(decimal, Fraction):
        decimal = Fraction(Decimal(repr(float(decimal))))
    return math.floor(decimal * of)


def wanted(n, ratio):
    w = share(ratio, n)
    if w < 1:
        raise Refused("less than one sample")
    return w


def is_from(epoch, epochs, decimal):
    return epochs is not None and Fraction(epoch) >= Fraction(Decimal(repr(float(decimal)))) * epochs


def mean_of(loss):
    """The double nearest to the exact sum (fsum), over the number."""
    return math.fsum(loss.astype(np.float64)) / len(loss)


def filled(loss):
    """Samples without a loss stand at the mean of the others, rounded up to a float."""
    known = loss[~np.isnan(loss)]
    if len(known) == 0:
        raise Refused("no losses")
    mean = mean_of(known)
    stand = np.float32(mean)
    if float(stand) < mean:
        stand = np.nextafter(stand, np.float32(np.inf))
    return np.where(np.isnan(loss), stand, loss).astype(np.float32), mean


def ascending(index, bits, key):
    """Positions in the order of the key, then u, then index."""
    return np.lexsort((index, bits, key))


def ones(index, positions):
    chosen = np.sort(index[positions])
    return chosen, np.ones(len(chosen), dtype=np.float32)


def everything(index):
    return ones(index, np.arange(len(index)))


def non_negative(loss):
    if (loss[~np.isnan(loss)] < 0).any():
        raise Refused("negative loss")


def bins(loss, smallest, largest, number):
    if smallest == largest:
        return np.zeros(len(loss), dtype=np.int64)
    at = (loss.astype(np.float64) - float(smallest)) / (float(largest) - float(smallest)) * number
    return np.minimum(np.floor(at).astype(np.int64), number - 1)


# ---------------------------------------------------------------- the policies


def uniform(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    bits = draw(seed, "uniform", epoch, index)
    return ones(index, ascending(index, bits, np.zeros(len(index)))[: wanted(len(index), ratio)])


def cyclic(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    n = len(index)
    labels = sorted(set(label.tolist()))
    members = [index[label == c] for c in labels]

    def quotas(size, j):
        m = -(-n // size)
        phi = Fraction(j % m, m)
        out, before = [], Fraction(0)
        for mine in members:
            part = Fraction(len(mine) * size, n)
            out.append(math.floor(before + part + phi) - math.floor(before + phi))
            before += part
        assert sum(out) == size
        return out

    cycle, j, at = 0, 0, [0] * len(labels)
    for size in [max(1, min(n, s)) for s in earlier[:epoch]] + [wanted(n, ratio)]:
        give = quotas(size, j)
        last = (cycle, list(at), give)
        at = [a + q for a, q in zip(at, give)]
        j += 1
        if all(a >= len(mine) for a, mine in zip(at, members)):
            cycle, j, at = cycle + 1, 0, [0] * len(labels)
    cycle, at, give = last
    chosen = []
    for mine, a, q in zip(members, at, give):
        bits = draw(seed, "cyclic", cycle, mine)
        walk = mine[ascending(mine, bits, np.zeros(len(mine)))]
        chosen.append(walk[(a + np.arange(q)) % len(mine)])
    chosen = np.sort(np.concatenate(chosen))
    return chosen, np.ones(len(chosen), dtype=np.float32)


def infobatch(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    r = params.get("prune-probability", 0.5)
    loss, mean = filled(loss)
    if is_from(epoch, epochs, params.get("anneal-from", 0.875)):
        return everything(index)
    above = loss.astype(np.float64) >= mean
    kept = above | (unit(draw(seed, "infobatch", epoch, index)) >= r)
    weight = np.where(above, np.float32(1), np.float32(1 / (1 - r))).astype(np.float32)
    order = np.argsort(index[kept])
    return index[kept][order], weight[kept][order]


def orderdp(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    n = len(index)
    loss, _ = filled(loss)
    s = params.get("pool-share")
    pool = share((1 + Fraction(Decimal(repr(float(ratio))))) / 2 if s is None else s, n)
    w = wanted(n, ratio)
    if pool < w:
        raise Refused("pool smaller than subset")
    bits = draw(seed, "orderdp", epoch, index)
    pool = ascending(index, bits, np.zeros(n))[:pool]
    hardest = pool[ascending(index[pool], bits[pool], -loss[pool])]
    return ones(index, hardest[:w])


def best_division(counts, k):
    """Ends of the k groups of least squared distance, over bins that hold rows; by dynamic programming in long doubles."""
    held = np.flatnonzero(counts)
    k = min(k, len(held))
    c = np.concatenate(([0], np.cumsum(counts[held]))).astype(np.longdouble)
    centred = held - held.mean()
    s = np.concatenate(([0], np.cumsum(counts[held] * centred)))
    q = np.concatenate(([0], np.cumsum(counts[held] * centred**2)))
    s, q = s.astype(np.longdouble), q.astype(np.longdouble)
    n = len(held)
    best = np.full((k + 1, n + 1), np.inf, dtype=np.longdouble)
    came = np.zeros((k + 1, n + 1), dtype=np.int64)
    best[0, 0] = 0
    for g in range(1, k + 1):
        for end in range(g, n + 1):
            start = np.arange(g - 1, end)
            total = best[g - 1, start] + (q[end] - q[start]) - (s[end] - s[start]) ** 2 / (c[end] - c[start])
            came[g, end] = start[np.argmin(total)]
            best[g, end] = total.min()
    ends, end = [], n
    for g in range(k, 0, -1):
        ends.append(len(counts) if g == k else held[end - 1] + 1)
        end = came[g, end]
    return ends[::-1]


def seta(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    n = len(index)
    loss, _ = filled(loss)
    bits = draw(seed, "seta", epoch, index)
    pool = ascending(index, bits, np.zeros(n))[: n - share(params.get("prune-probability", 0.1), n)]
    if is_from(epoch, epochs, params.get("anneal-from", 0.875)):
        return ones(index, pool)
    number = bins(loss[pool], loss[pool].min(), loss[pool].max(), 1024)
    ends = best_division(np.bincount(number, minlength=1024), params.get("groups", 5))
    window = max(1, share(params.get("window-scale", 0.9), len(ends)))
    first = epoch % (len(ends) - window + 1)
    group = np.searchsorted(np.array(ends), number, side="right")
    return ones(index, pool[(group >= first) & (group < first + window)])


def ccs(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    n = len(index)
    loss, _ = filled(loss)
    w = wanted(n, ratio)
    bits = draw(seed, "ccs", epoch, index)
    kept = ascending(index, bits, loss)[: max(w, n - share(params["hard-cutoff"], n))]
    strata = params.get("strata", 50)
    stratum = bins(loss[kept], loss[kept].min(), loss[kept].max(), strata)
    full = [(int((stratum == b).sum()), b) for b in range(strata) if (stratum == b).any()]
    left, chosen = w, []
    for i, (held, b) in enumerate(sorted(full)):
        take = min(held, left // (len(full) - i))
        left -= take
        mine = kept[stratum == b]
        chosen.append(mine[ascending(index[mine], bits[mine], np.zeros(len(mine)))[:take]])
    assert left == 0
    return ones(index, np.concatenate(chosen))


def quotas_by_weight(weights, caps, total):
    """Proportional, capped, redistributed, largest remainders. Weights are fractions here: nothing is rounded."""
    quota, open_, by = [0] * len(caps), [c > 0 for c in caps], list(weights)
    left = total
    while any(open_):
        if sum(b for b, o in zip(by, open_) if o) == 0:
            by = [Fraction(c) for c in caps]
        whole = sum(b for b, o in zip(by, open_) if o)
        shares = {i: left * by[i] / whole for i in range(len(caps)) if open_[i]}
        over = [i for i, s in shares.items() if s >= caps[i]]
        if not over:
            for i, s in shares.items():
                quota[i] = math.floor(s)
            rest = left - sum(quota[i] for i in shares)
            for i in sorted(shares, key=lambda i: (-(shares[i] - quota[i]), i))[:rest]:
                quota[i] += 1
            break
        for i in over:
            quota[i], open_[i] = caps[i], False
            left -= caps[i]
    assert sum(quota) == total
    return quota


def rcap(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    n = len(index)
    non_negative(loss)
    loss, _ = filled(loss)
    w = wanted(n, ratio)
    bits = draw(seed, "rcap", epoch, index)
    labels = sorted(set(label.tolist()))
    members = [np.flatnonzero(label == c) for c in labels]
    weights = [Fraction(math.sqrt(mean_of(loss[m]) * (len(m) / n))) for m in members]
    gumbel = loss.astype(np.float64) / params.get("temperature", 1.0) - np.log(-np.log(open_unit(bits)))
    chosen = []
    for mine, q in zip(members, quotas_by_weight(weights, [len(m) for m in members], w)):
        chosen.append(mine[ascending(index[mine], bits[mine], -gumbel[mine])[:q]])
    return ones(index, np.concatenate(chosen))


def importance(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    n = len(index)
    non_negative(loss)
    loss, _ = filled(loss)
    w = wanted(n, ratio)
    if w == n:
        return everything(index)
    bits = draw(seed, "importance", epoch, index)
    positive = loss > 0
    e = np.full(n, np.inf)
    e[positive] = -np.log(open_unit(bits[positive])) / loss[positive].astype(np.float64)
    order = ascending(index, bits, e)
    weight = np.ones(n)
    if np.isfinite(e[order[w]]):
        inside = order[:w]
        weight[inside] = 1 / -np.expm1(-loss[inside].astype(np.float64) * e[order[w]])
    elif w > positive.sum():
        weight[~positive] = (n - positive.sum()) / (w - positive.sum())
    chosen = order[:w][np.argsort(index[order[:w]])]
    return index[chosen], weight[chosen].astype(np.float32)


def middle(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    loss, _ = filled(loss)
    begin = params.get("quantile", 0.5)
    end = params.get("quantile-end", begin)
    q = begin
    if epochs is not None and end != begin:
        q = end if epoch >= epochs - 1 else begin + (end - begin) * (epoch / (epochs - 1))
    w = wanted(len(index), ratio)
    first = share(q, len(index) - w)
    return ones(index, ascending(index, draw(seed, "middle", epoch, index), loss)[first : first + w])


def learnable(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
    loss, _ = filled(loss)
    reference, _ = filled(reference)
    difference = loss.astype(np.float64) - reference.astype(np.float64)
    bits = draw(seed, "learnable", epoch, index)
    return ones(index, ascending(index, bits, -difference)[: wanted(len(index), ratio)])


def extreme(name):
    def policy(index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier):
        loss, _ = filled(loss)
        bits = draw(seed, name, epoch, index)
        return ones(index, ascending(index, bits, -loss if name == "hard" else loss)[: wanted(len(index), ratio)])

    return policy


POLICIES = {
    "uniform": uniform,
    "cyclic": cyclic,
    "infobatch": infobatch,
    "orderdp": orderdp,
    "seta": seta,
    "ccs": ccs,
    "rcap": rcap,
    "importance": importance,
    "middle": middle,
    "learnable": learnable,
    "hard": extreme("hard"),
    "easy": extreme("easy"),
}


def policy(name, index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier_sizes):
    """Indices, ascending, and weights. loss, reference: NaN where missing;
    label: NO_CLASS where missing; epochs: None or a number."""
    return POLICIES[name](index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier_sizes)


# ---------------------------------------------------------------- make


def population(kind, rows):
    """Made of (kind, row) alone. The index has holes: after every seventh three are missing."""
    i = np.arange(rows, dtype=np.int64)
    index = i + i // 7 * 3
    u = unit(draw(7, "loss", 0, index))
    v = unit(draw(7, "label", 0, index))
    label = np.floor(v * v * 12).astype(np.int64)
    label = np.where(label >= 5, label + 1, label)  # there is no class 5
    label = np.where(v < 0.1, NO_CLASS, label)
    loss = (u * u * 2).astype(np.float32)
    if kind == "ties":
        loss = (np.floor(u * 16) / 8).astype(np.float32)
    elif kind == "missing":
        loss[unit(draw(7, "missing", 0, index)) < 0.05] = np.nan
    elif kind == "equal":
        loss[:] = np.float32(0.7)
    elif kind == "oneclass":
        label[:] = 3
    elif kind == "unlabelled":
        label[:] = NO_CLASS
    elif kind == "zeros":
        loss[unit(draw(7, "zero", 0, index)) < 0.4] = 0
    elif kind == "wide":
        loss = np.ldexp(1 + v, np.floor(u * 200).astype(np.int32) - 100).astype(np.float32)
    elif kind == "signed":
        loss = (u - 0.5).astype(np.float32)
        loss[unit(draw(7, "zero", 0, index)) < 0.1] = np.float32(-0.0)
        loss[unit(draw(7, "zero", 1, index)) < 0.1] = np.float32(0.0)
    else:
        assert kind == "plain"
    return index, loss, reference_of(kind, index, loss), label


def reference_of(kind, index, loss):
    w = unit(draw(7, "reference", 0, index))
    reference = (w * w * 2).astype(np.float32)
    if kind == "ties":
        reference = (np.floor(w * 4) / 8).astype(np.float32)
    elif kind == "missing":
        reference[unit(draw(7, "missing", 1, index)) < 0.08] = np.nan
    elif kind == "equal":
        reference[:] = np.float32(0.7)
    elif kind == "zeros":
        reference[unit(draw(7, "zero", 0, index)) < 0.4] = 0
    elif kind == "wide":
        reference = np.ldexp(1 + w, np.floor(w * 200).astype(np.int32) - 100).astype(np.float32)
    elif kind == "signed":
        same = unit(draw(7, "zero", 2, index)) < 0.3
        reference = np.where(same, loss + np.float32(0), (w - 0.5).astype(np.float32))  # -0 + 0 is 0
    return reference


KINDS = ["plain", "ties", "missing", "equal", "oneclass", "unlabelled", "zeros", "wide", "signed"]
SETTINGS = {
    "uniform": [{}],
    "cyclic": [{}],
    "infobatch": [{}, {"prune-probability": 0.3, "anneal-from": 0.5}, {"prune-probability": 0.0, "anneal-from": 1.0}],
    "orderdp": [{}, {"pool-share": 0.95}, {"pool-share": 1.0}],
    "seta": [
        {"anneal-from": 0.9},
        {"prune-probability": 0.0, "groups": 7, "window-scale": 0.3, "anneal-from": 1.0},
        {"prune-probability": 0.25, "groups": 1, "window-scale": 1.0, "anneal-from": 0.5},
    ],
    "ccs": [{"hard-cutoff": 0.1, "strata": 50}, {"hard-cutoff": 0.0, "strata": 1}, {"hard-cutoff": 0.9, "strata": 7}],
    "rcap": [{}, {"temperature": 0.1}, {"temperature": 10.0}],
    "importance": [{}],
    "middle": [{}, {"quantile": 0.1, "quantile-end": 0.85}, {"quantile": 1.0, "quantile-end": 0.0}],
    "hard": [{}],
    "easy": [{}],
    "learnable": [{}],
}
# seed, epoch, epochs, ratio
RUNS = [(1, 0, None, 0.5), (-9_000_000_000, 3, 8, 0.36), (2**40 + 5, 7, 8, 0.07), (0, 1, 100, 1.0), (3, 2, 4, 0.0002)]


def cases():
    for name, settings in SETTINGS.items():
        for kind in KINDS:
            if kind == "signed" and name in ("rcap", "importance"):
                continue
            rows = 5_000 if kind == "plain" else 1_201
            for s, params in enumerate(settings):
                for r, run in enumerate(RUNS):
                    if kind != "plain" and (r + s + len(kind)) % 2:
                        continue  # half of them are enough
                    if run[3] * rows < 1:
                        run = run[:3] + (0.001,)
                    if params.get("pool-share", 1.0) < run[3]:
                        continue
                    yield name, kind, rows, params, *run
    for kind, rows, earlier, epoch, ratio in [
        ("plain", 5_000, [500] * 25, 25, 0.1),
        ("plain", 5_000, [1_500] * 11, 11, 0.3),
        ("unlabelled", 1_201, [360] * 9, 9, 0.3),
        ("ties", 1_201, [1, 700, 1_201, 33, 900, 0, 5_000, 400], 8, 0.11),
        ("plain", 5_000, [2_500, 1_000, 50, 50, 3_000, 700], 6, 0.013),
        ("plain", 40, [4] * 37, 37, 0.1),
        ("plain", 40, [12] * 6, 6, 0.3),
        ("oneclass", 7, [2] * 5, 5, 0.3),
        ("plain", 1, [1], 1, 1.0),
    ]:
        yield "cyclic", kind, rows, {}, 11, epoch, None, ratio, earlier


def make():
    made = []
    for name, kind, rows, params, seed, epoch, epochs, ratio, *more in cases():
        index, loss, reference, label = population(kind, rows)
        earlier = more[0] if more else [share(ratio, rows)] * epoch
        chosen, weights = policy(name, index, loss, reference, label, seed, epoch, epochs, ratio, params, earlier)
        made.append(
            {
                "population": kind,
                "of": rows,
                "policy": name,
                "params": params,
                "seed": seed,
                "epoch": epoch,
                "epochs": epochs,
                "ratio": ratio,
                "earlier": earlier,
                "rows": len(chosen),
                "sha256": hashlib.sha256(chosen.astype("<i8").tobytes()).hexdigest(),
                "weights": math.fsum(weights.astype(np.float64)),
                "first": chosen[:10].tolist(),
                "first_weights": weights[:10].astype(np.float64).tolist(),
            }
        )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(json.dumps(case) for case in made) + "\n]\n")
    print(f"{len(made)} cases in {OUT}")


# ---------------------------------------------------------------- check


def newest(manifest: dict, epoch: int) -> dict | None:
    """What the newest record that made the subset of an epoch says of it: settings and figures; None where it is not there."""
    if f"subsets/epoch={epoch}" not in manifest["tables"]:
        return None
    made = [r["subset"] for r in manifest["records"] if r.get("epoch") == epoch and "subset" in r]
    return made[-1] if made else None


def settings_of(subset: dict) -> dict:
    """The settings that decide a subset, as this program calls them: the one place that knows how the manifest does."""
    given = subset["settings"]
    policy_, reference = given["policy"], given.get("reference", {})
    whole = ("groups", "strata")
    return {
        "name": policy_["policy"],
        "seed": given["seed"],
        "ratio": policy_.get("ratio", 1.0),
        "schedule": policy_.get("ratio_schedule"),
        "epochs": policy_.get("epochs"),
        "params": {k: int(v) if k in whole else v for k, v in policy_["parameters"].items()},
        "losses": given.get("losses", {}).get("losses_epoch"),
        "reference": reference.get("reference_losses_epoch"),
        "reference_log": reference.get("reference_losses"),
        "classes": given.get("classes", {}).get("classes", "label"),
    }


def ratio_of(set_, epoch):
    if set_["schedule"] is None:
        return set_["ratio"]
    shape, from_, to, epochs = re.fullmatch(r"(cosine|linear):(.+?)\.\.(.+)@(\d+)", set_["schedule"]).groups()
    from_, to, epochs = float(from_), float(to), int(epochs)
    if epoch >= epochs or from_ == to:
        return to
    if shape == "cosine":
        return to + (from_ - to) * (1 + math.cos(math.pi * (epoch / epochs))) / 2
    return from_ + (to - from_) * (epoch / epochs)


def sizes_before(manifest, set_, epoch, n):
    """As the earlier subsets of this policy and seed were made, else as this ratio would have them."""
    sizes = []
    for e in range(epoch):
        subset = newest(manifest, e)
        before = settings_of(subset) if subset else {}
        if all(before.get(key) == set_[key] for key in ("name", "seed")):
            sizes.append(subset["figures"]["rows"])
        else:
            sizes.append(share(ratio_of(set_, e), n))
    return sizes


class Home:
    """The tables of a dataset home, by the files that its manifest names."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())

    def table(self, name: str, *columns: str) -> list[np.ndarray]:
        """Columns of a table, in the order of the index; the first one must be the index."""
        import pyarrow.parquet as pq

        if name not in self.manifest["tables"]:
            sys.exit(f"{self.folder} has no {name}, which the subset was chosen by.")
        # ParquetFile: a path with "=" in it is no partition here.
        parts = [pq.ParquetFile(self.folder / f["path"]).read(list(columns)) for f in self.manifest["tables"][name]]

        def joined(column, missing):
            all_ = [p.column(column).fill_null(missing).to_numpy() for p in parts]
            return np.concatenate(all_) if all_ else np.zeros(0)

        values = [joined(c, {"label": NO_CLASS, "loss": math.nan, "id": ""}.get(c, 0)) for c in columns]
        order = np.argsort(values[0], kind="stable")
        return [v[order] for v in values]


def losses_of(home: Home, index, epoch):
    loss = np.full(len(index), np.nan, dtype=np.float32)
    if epoch is not None:
        at, known = home.table(f"losses/epoch={epoch}", "index", "loss")
        place = np.minimum(np.searchsorted(index, at), len(index) - 1)
        there = index[place] == at
        loss[place[there]] = known[there]
    return loss


def logged(home: Home, log):
    """A log with one loss a sample, by index or id, as one float32 a row of targets."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    path = pathlib.Path(log.removeprefix("file:"))
    inside = path.rglob("*") if path.is_dir() else [path]
    files = sorted(f for f in inside if f.is_file() and not f.name.startswith((".", "_")))
    parts = [pyarrow.csv.read_csv(f) if f.suffix == ".csv" else pq.read_table(f) for f in files]
    key = "index" if "index" in parts[0].column_names else "id"
    rows = [row for part in parts for row in zip(part.column(key).to_pylist(), part.column("loss").to_pylist())]
    by_key = dict(rows)
    assert len(by_key) == len(rows), "check wants a log with one loss a sample"
    keys = home.table("targets", *dict.fromkeys(("index", key)))[-1]
    values = (by_key.get(k) for k in keys.tolist())
    loss = np.array([math.nan if v is None else v for v in values], dtype=np.float32)
    loss[~np.isfinite(loss)] = np.nan
    return loss


def read_home(home: Home, set_, losses_epoch):
    index, label = home.table("targets", "index", "label")
    index = index.astype(np.int64)
    loss = losses_of(home, index, losses_epoch)
    if set_["reference_log"]:
        reference = logged(home, set_["reference_log"])
    else:
        reference = losses_of(home, index, set_["reference"])
    if set_["classes"] == "cluster" or (set_["classes"] == "auto" and set_["name"] == "rcap" and (label == NO_CLASS).all()):
        at, cluster = home.table("clusters", "index", "cluster")
        label = np.full(len(index), NO_CLASS)
        label[np.searchsorted(index, at)] = cluster
    return index, loss, reference, label.astype(np.int64)


def check(folder: pathlib.Path, epoch: int, losses_epoch: int | None) -> int:
    """Compares the subset of an epoch with the one that its settings come to, and prints what was found.

    Returns 0 when they are the same, 1 when they are not; exits with a sentence where the home lacks what is needed.
    """
    home = Home(folder)
    subset = newest(home.manifest, epoch)
    if subset is None:
        sys.exit(f"{folder} has no subset of epoch {epoch}.")
    set_ = settings_of(subset)
    index, loss, reference, label = read_home(home, set_, set_["losses"] if losses_epoch is None else losses_epoch)
    earlier = sizes_before(home.manifest, set_, epoch, len(index)) if set_["name"] == "cyclic" else []
    want, weights = policy(
        set_["name"], index, loss, reference, label, set_["seed"], epoch, set_["epochs"], set_["ratio"], set_["params"], earlier
    )
    have, found, losses = home.table(f"subsets/epoch={epoch}", "index", "weight", "loss")
    wrong = []
    if not np.array_equal(have, want):
        wrong.append(f"{len(np.setdiff1d(want, have))} indices are missing and {len(np.setdiff1d(have, want))} are too many")
    elif not np.all(np.abs(found - weights) <= 1e-6 * np.maximum(1, weights)):
        wrong.append(f"weights are off by up to {np.abs(found - weights).max()}")
    elif not np.array_equal(losses.astype(np.float32), loss[np.searchsorted(index, have)], equal_nan=True):
        wrong.append("the losses beside the indices are not those of the samples")
    print(
        json.dumps(
            {
                "policy": set_["name"],
                "epoch": epoch,
                "of": len(index),
                "expected": len(want),
                "rows": len(have),
                "equal": not wrong,
                "wrong": wrong,
            }
        )
    )
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser()
    modes = parser.add_subparsers(dest="mode", required=True)
    modes.add_parser("make")
    one = modes.add_parser("check")
    one.add_argument("--home", type=pathlib.Path, required=True)
    one.add_argument("--epoch", type=int, required=True)
    one.add_argument("--losses-epoch", type=int)
    args = parser.parse_args()
    if args.mode == "make":
        make()
    else:
        sys.exit(check(args.home, args.epoch, args.losses_epoch))


if __name__ == "__main__":
    main()

"""Compares the schema that `tocsin schema KIND` prints with what Tocsin itself accepts.

Files to `--spoil` are good to both. Each is spoilt in every place in every way below, one way at a
time, and both judge what came out: what the schema refuses Tocsin refuses; and what Tocsin refuses
the schema refuses, if it was the form that was spoilt and not the meaning (that a stream is not
declared, say, is beyond a schema). `--bad` files are refused by both, `--good` ones are put to the
schema alone, as are bad tests. Prints a disagreement a line, and how much was compared.
"""

import argparse, concurrent.futures, copy, json, os, re, subprocess, sys, tempfile

import jsonschema, yaml


class Loader(yaml.SafeLoader):
    """YAML whose scalars are what YAML 1.2 and editors take them for; times are texts."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("float", r"^(?:[-+]?\.inf|\.nan)$", "-+."),
]:
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))

TEXTS = ["", " ", "?!", 5, -5.5, True]
NUMBERS = [0, 10**10]
DURATIONS = ["0s", "1m1h", "90", "1.5h", "1h30m", "7d ", "-5m", ".5s", "5.s", "1e3s", "2w1d", "1µs"]
# Keys whose values mean something outside themselves, and mappings of such values: another text or
# number there may be refused for its meaning. So may fewer entries of what others refer to.
MEANINGFUL = {"on", "by", "source", "id", "field", "where", "when", "clear", "code", "valid"}
MEANINGFUL_ENTRIES = {"let", "labels"}
REFERRED_TO = {"streams", "fields", "let"}
UNIQUE = {"rules", "feeds"}


def texts(node):
    """The document with its keys as texts, which is what they are in JSON."""
    if isinstance(node, dict):
        return {str(key): texts(value) for key, value in node.items()}
    return [texts(item) for item in node] if isinstance(node, list) else node


def places(node, path=()):
    yield path, node
    for key, value in node.items() if isinstance(node, dict) else enumerate(
        node if isinstance(node, list) else []
    ):
        yield from places(value, path + (key,))


def put(document, path, value):
    if not path:
        return value
    document = copy.deepcopy(document)
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return document


def spoilings(document):
    """(what was done, the document, whether only its form was spoilt)"""
    for path, node in places(document):
        names = [step for step in path if isinstance(step, str)]
        name = names[-1] if names else ""
        means = name in MEANINGFUL or len(names) > 1 and names[-2] in MEANINGFUL_ENTRIES
        place = "/" + "/".join(map(str, path))

        def spoilt(how, value, form=True):
            return f"{place}: {how}", put(document, path, value), form

        yield spoilt("nothing", None)
        yield spoilt("in a list", [node])
        yield spoilt("in a mapping", {"zzz": node})
        if isinstance(node, dict):
            yield spoilt("empty", {}, not REFERRED_TO.intersection(names[-2:]))
            yield spoilt("with another key", {**node, "zzz": []})
            for key in node:
                rest = {other: value for other, value in node.items() if other != key}
                yield spoilt(f"without {key}", rest, None)
                yield spoilt(f"{key} misnamed", {**rest, "?!": node[key]})
        elif isinstance(node, list):
            yield spoilt("empty", [])
            if node:
                yield spoilt("the first alone", node[0])
                yield spoilt("the first twice", node + [node[0]], name not in UNIQUE)
        else:
            numbers = NUMBERS if type(node) is int else []
            for text in TEXTS + numbers:
                yield spoilt(repr(text), text, not means or not str(text).strip())
            if isinstance(node, str) and re.fullmatch(r"([0-9.]+[a-z]+)+", node):
                for text in DURATIONS:
                    yield spoilt(repr(text), text)


def errors(tocsin, kind, file):
    """What Tocsin says is wrong with a file."""
    if kind == "rules":
        told = subprocess.run([tocsin, "check", "--json", file], capture_output=True, text=True)
        problems = [json.loads(line) for line in told.stdout.splitlines()]
        return [problem["message"] for problem in problems if problem["severity"] == "error"]
    if kind == "test":
        told = subprocess.run([tocsin, "test", "--json", file], capture_output=True, text=True)
        assert told.returncode in (0, 1), told
        problems = [json.loads(line) for line in told.stdout.splitlines()]
        return [problem["message"] for problem in problems if problem.get("severity") == "error"]
    # The rules of each configuration are nowhere to be found, so a good one ends as soon.
    told = subprocess.run(
        [tocsin, "run", "--config", file], capture_output=True, text=True, timeout=20
    )
    assert told.returncode == 78, told
    found = re.findall(re.escape(file) + r":\d+:\d+: error: (.*)", told.stderr)
    assert found or "There is no rule file" in told.stderr, told
    return found


def disagreement(tocsin, kind, validator, folder, case):
    number, (what, document, form) = case
    file = os.path.join(folder, f"{number}.{'test.' if kind == 'test' else ''}yaml")
    # In a test nearly every text names something of the rules.
    if kind == "test":
        form = what.endswith(": nothing")
    with open(file, "w") as output:
        # JSON is YAML, but for the numbers that JSON has not.
        output.write(json.dumps(document, ensure_ascii=False).replace("Infinity", ".inf"))
    refusals = list(validator.iter_errors(document))
    found = errors(tocsin, kind, file)
    if form is None:
        form = any(" needs " in message for message in found)
    if refusals and not found:
        return f"{what}: the schema alone refuses it: {refusals[0].message}"
    if found and form and not refusals:
        return f"{what}: Tocsin alone refuses it: {found[0]}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tocsin")
    parser.add_argument("kind", choices=["rules", "config", "test"])
    for name in ["--spoil", "--bad", "--good"]:
        parser.add_argument(name, nargs="*", default=[])
    arguments = parser.parse_args()
    tocsin, kind = arguments.tocsin, arguments.kind
    printed = subprocess.run([tocsin, "schema", kind], capture_output=True, check=True).stdout
    schema = json.loads(printed)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)

    def read(file):
        with open(file) as text:
            return texts(yaml.load(text, Loader))

    for file in arguments.good + arguments.spoil:
        for error in validator.iter_errors(read(file)):
            print(f"{file}: the schema refuses it at {list(error.path)}: {error.message}")
    for file in arguments.bad:
        if validator.is_valid(read(file)):
            print(f"{file}: the schema accepts it")
        if kind != "test" and not errors(tocsin, kind, file):
            print(f"{file}: Tocsin accepts it")
    cases = []
    for file in arguments.spoil:
        for message in errors(tocsin, kind, file):
            print(f"{file}: Tocsin refuses it: {message}")
        document = read(file)
        if kind == "test":
            document["rules"] = os.path.abspath(file.replace(".test.", "."))
        cases += [(f"{file}{what}", *rest) for what, *rest in spoilings(document)]
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            judge = lambda case: disagreement(tocsin, kind, validator, folder, case)
            for told in filter(None, pool.map(judge, enumerate(cases))):
                print(told)
    good, bad = len(arguments.good + arguments.spoil), len(arguments.bad)
    print(f"compared {good} good, {bad} bad and {len(cases)} spoilt")


main()

# SPDX-License-Identifier: Apache-2.0
"""Holds what the daemon answers against daemon/openapi.json.

    described.check("GET", "/v1/cases/P1?x=1", answer)     # AssertionError: not as described

waymarkd.py calls it for every answer of every test. Clients are told to pass over members that they
do not know; here an object has no member that is not described.
"""
import json
import os
import re

import jsonschema

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "daemon", "openapi.json")
with open(PATH, encoding="utf-8") as f:
    DOCUMENT = json.load(f)

# What the daemon may answer before it has looked for a route, or without one.
ANYWHERE = set(
    "malformed-request method-not-allowed request-timeout body-too-large target-too-long head-too-large "
    "expectation-unknown method-unknown transfer-coding-unknown version-unsupported".split()
)


def resolve(node):
    """What a reference stands for."""
    while "$ref" in node:
        at = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            at = at[part.replace("~1", "/").replace("~0", "~")]
        node = at
    return node


def closed(node):
    """A schema in which objects have the described members only."""
    if isinstance(node, list):
        return [closed(x) for x in node]
    if not isinstance(node, dict):
        return node
    out = {k: closed(v) for k, v in node.items() if k != "$ref"}
    if "properties" in node and "additionalProperties" not in node and node.get("type") == "object":
        out["additionalProperties"] = False
    if "$ref" in node:
        out["$ref"] = node["$ref"].replace("#/components/schemas/", "#/$defs/")
    return out


DEFS = {name: closed(schema) for name, schema in DOCUMENT["components"]["schemas"].items()}


def validator(schema):
    whole = dict(closed(schema), **{"$defs": DEFS})
    jsonschema.Draft202012Validator.check_schema(whole)
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def operations():
    """(METHOD, path, operation) of everything that is described."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


class Route:
    def __init__(self, method, path, operation):
        self.method, self.path, self.operation = method, path, operation
        self.pattern = re.compile(re.sub(r"\{[a-z]+\}", "[^/]+", path) + r"\Z")
        self.validators = {}
        self.seen = set()

    def find(self, status, slug):
        """The described answer of this status."""
        responses = self.operation["responses"]
        name = str(status)
        if name not in responses or (slug in ANYWHERE and name != "413"):
            assert slug in ANYWHERE, "%s %s does not describe %s %s" % (self.method, self.path, status, slug)
            name = "default"
        self.seen.add(name)
        return name, resolve(responses[name])

    def validate(self, name, media, response, body):
        assert media in response["content"], "%s %s gives %r with %s" % (self.method, self.path, media, name)
        key = (name, media)
        if key not in self.validators:
            self.validators[key] = validator(response["content"][media]["schema"])
        if not self.validators[key].is_valid(body):
            error = jsonschema.exceptions.best_match(self.validators[key].iter_errors(body))
            raise AssertionError(
                "%s %s gave with %s what is not described: %s at %s: %s"
                % (self.method, self.path, name, error.message[:500], error.json_path, json.dumps(body)[:500])
            )


ROUTES = [Route(*o) for o in operations()]


def find_route(method, path):
    path = path.split("?")[0]
    for route in ROUTES:
        if route.method == ("GET" if method == "HEAD" else method) and route.pattern.match(path):
            return route
    return None


def check(method, path, answer):
    route = find_route(method, path)
    if route is None:
        return
    media = (answer.headers["Content-Type"] or "").split(";")[0]
    if method == "HEAD":
        assert not answer.body, answer
        return
    body = answer.body if media.startswith("text/") else answer.json
    slug = body["type"].removeprefix("/problems/") if media == "application/problem+json" else ""
    name, response = route.find(answer.status, slug)
    route.validate(name, media, response, body)
    for header in response.get("headers", {}):
        assert answer.headers[header], "%s %s gave no %s with %s" % (method, route.path, header, name)

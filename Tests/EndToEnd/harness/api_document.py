"""Holds what goes over the wire to the OpenAPI document that the server itself serves.

Every answer must be one that the document has: its status, media type, header fields and body. A request that was
carried out must be one that the document allows; one that was refused for a field that a schema can judge must be one
that it does not. For answers the schemas are closed: a member that is not documented is a mistake here, though readers
bear it.
"""

import functools
import json
import re
import urllib.parse

import jsonschema_rs

METHODS = ("get", "put", "post", "patch", "delete")
# What a schema can say is wrong with a field. A fraction is not among them: 5.0 is an integer to JSON Schema.
JUDGED_BY_SCHEMAS = {"UNKNOWN_FIELD", "REQUIRED", "TOO_MANY", "UNKNOWN_CURRENCY", "UNKNOWN_PARAMETER"}


class Mismatch(AssertionError):
    pass


class APIDocument:
    def __init__(self, document):
        self.document = document
        self._operations = []
        for path, item in document["paths"].items():
            pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
            for method in METHODS:
                if method in item:
                    self._operations.append((path.count("{"), pattern, method, path))
        # A path that is spelt out comes before one with a parameter in its place.
        self._operations.sort(key=lambda operation: operation[0])

    # Finding

    def resolve(self, node):
        while "$ref" in node:
            found = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            node = {**found, **{name: value for name, value in node.items() if name != "$ref"}}
        return node

    def operation(self, method, path):
        """The document's method and path for a request's, or None."""
        method = "get" if method.lower() == "head" else method.lower()
        for _, pattern, its_method, its_path in self._operations:
            if its_method == method and pattern.fullmatch(path):
                return its_method, its_path
        return None

    @functools.lru_cache(maxsize=1000)
    def _answer(self, method, path, status):
        responses = self.document["paths"][path][method]["responses"]
        if str(status) not in responses:
            raise Mismatch(f"{method.upper()} {path}: {status} is not documented")
        return self.resolve(responses[str(status)])

    @functools.lru_cache(maxsize=1000)
    def _answer_validator(self, method, path, status, media_type):
        content = self._answer(method, path, status).get("content", {})
        if media_type not in content:
            raise Mismatch(f"{method.upper()} {path}: {status} is not documented as {media_type}, but as {[*content]}")
        return validator(self.closed(content[media_type]["schema"]))

    @functools.lru_cache(maxsize=1000)
    def _body_validator(self, method, path):
        body = self.document["paths"][path][method].get("requestBody")
        return body and validator(self.inlined(body["content"]["application/json"]["schema"]))

    def inlined(self, schema):
        """The schema without references."""
        if isinstance(schema, list):
            return [self.inlined(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        return {name: self.inlined(value) for name, value in self.resolve(schema).items()}

    def closed(self, schema, is_part=False):
        """The schema without references, and with no room for members that it does not name."""
        schema = self.resolve(schema)
        closed = {}
        for name, value in schema.items():
            if name == "allOf":
                closed[name] = [self.closed(part, is_part=True) for part in value]
            elif name in ("anyOf", "oneOf"):
                closed[name] = [self.closed(part) for part in value]
            elif name in ("items", "additionalProperties") and isinstance(value, dict):
                closed[name] = self.closed(value)
            elif name == "properties":
                closed[name] = {member: self.closed(part) for member, part in value.items()}
            else:
                closed[name] = self.inlined(value)
        if not is_part and "additionalProperties" not in schema and ("allOf" in schema or "properties" in schema):
            closed["unevaluatedProperties"] = False
        return closed

    # Judging

    def check(self, method, target, status, fields, body, request_fields=None, request_body=b""):
        """Raises `Mismatch` unless the document has this answer to this request."""
        path, _, query = target.partition("?")
        found = self.operation(method, path)
        if found is None:
            return self._check_elsewhere(method, path, status, fields, body)
        self._check_answer(found, status, fields, body, has_body=method != "HEAD")
        if method != "HEAD":
            self._check_request(found, status, body, query, request_fields or {}, request_body)

    def _check_elsewhere(self, method, path, status, fields, body):
        """Nothing is there: a page for people, or a problem that says so."""
        if media_type(fields) == "application/problem+json":
            self.check_problem(status, fields, body, has_body=method != "HEAD")
        elif path.startswith("/v1/"):
            raise Mismatch(f"{method} {path}: {status} at a path that is not documented")

    def check_problem(self, status, fields, body, has_body=True):
        answer = self.document["components"]["responses"].get(f"Problem{status}")
        if answer is None:
            raise Mismatch(f"no problem with the status {status} is documented")
        self._check_fields(answer, fields, f"a problem {status}")
        if has_body:
            judge(self._problem_validator(status), body, f"a problem {status}")

    @functools.lru_cache(maxsize=100)
    def _problem_validator(self, status):
        content = self.document["components"]["responses"][f"Problem{status}"]["content"]
        return validator(self.closed(content["application/problem+json"]["schema"]))

    def _check_answer(self, operation, status, fields, body, has_body):
        what = f"{operation[0].upper()} {operation[1]}: {status}"
        answer = self._answer(*operation, status)
        self._check_fields(answer, fields, what)
        if not has_body:
            return
        if "content" not in answer:
            if body:
                raise Mismatch(f"{what} has a body, and is documented without")
            return
        judge_body = self._answer_validator(*operation, status, media_type(fields))
        if media_type(fields) == "text/plain":
            judge_value(judge_body, body.decode(), what)
        else:
            judge(judge_body, body, what)

    def _check_fields(self, answer, fields, what):
        for name, header in answer.get("headers", {}).items():
            header, value = self.resolve(header), fields.get(name.lower())
            if value is None:
                if header.get("required"):
                    raise Mismatch(f"{what} has no {name}")
                continue
            schema = self.inlined(header["schema"])
            parsed = int(value) if schema.get("type") == "integer" and re.fullmatch("-?[0-9]+", value) else value
            judge_value(validator_of(json.dumps(schema)), parsed, f"{what}, {name}")

    def _check_request(self, operation, status, body, query, fields, request_body):
        what = f"{operation[0].upper()} {operation[1]}"
        wrong = [*self._wrong_parameters(operation, query, fields), *self._wrong_body(operation, request_body)]
        if status < 400 and wrong:
            raise Mismatch(f"{what} was answered with {status}, and the document forbids it: {'; '.join(wrong)}")
        if status == 422 and not wrong and "json" in media_type(fields or {}):
            codes = {error["code"] for error in json.loads(body).get("errors", [])}
            if codes & JUDGED_BY_SCHEMAS:
                raise Mismatch(f"{what} was refused for {sorted(codes)}, and the document allows it: {request_body!r}")

    def _wrong_parameters(self, operation, query, fields):
        method, path = operation
        item = self.document["paths"][path]
        parameters = [self.resolve(each) for each in item.get("parameters", []) + item[method].get("parameters", [])]
        named = {each["name"]: each for each in parameters if each["in"] == "query"}
        security = item[method].get("security")
        is_open = security == [] or {} in (security or [])
        for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
            if name in named:
                schema = self.inlined(named[name]["schema"])
                yield from errors(validator_of(json.dumps(schema)), from_text(schema, value))
            elif not is_open:
                yield f"the parameter {name} is not documented"
        for each in parameters:
            if each["in"] == "header" and each["name"].lower() in fields:
                schema = self.inlined(each["schema"])
                yield from errors(validator_of(json.dumps(schema)), fields[each["name"].lower()])

    def _wrong_body(self, operation, request_body):
        judge_body = self._body_validator(*operation)
        if judge_body is None or not request_body:
            return
        try:
            yield from errors(judge_body, json.loads(request_body))
        except ValueError:
            yield "the body is not JSON"


def from_text(schema, text):
    """A query has no numbers and no truth values, only their spellings."""
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch("[0-9]+", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def media_type(fields):
    return (fields.get("content-type") or "").partition(";")[0].strip().lower()


def validator(schema):
    # That of jsonschema takes a hundred times as long, and some tests see many thousands of answers.
    return jsonschema_rs.Draft202012Validator(schema)


@functools.lru_cache(maxsize=1000)
def validator_of(text):
    return validator(json.loads(text))


def errors(judge_by, value):
    for error in judge_by.iter_errors(value):
        yield f"{'.'.join(map(str, error.instance_path))}: {error.message}"[:300]


def judge(judge_by, body, what):
    try:
        value = json.loads(body)
    except ValueError:
        raise Mismatch(f"{what}: the body is not JSON: {body[:200]!r}") from None
    judge_value(judge_by, value, what)


def judge_value(judge_by, value, what):
    wrong = [*errors(judge_by, value)]
    if wrong:
        raise Mismatch(f"{what} is not as it is documented: {'; '.join(wrong[:5])}")

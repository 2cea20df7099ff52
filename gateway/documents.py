"""Documents: from a request's text, hash or id to a parsed, validated, measured document, kept in a bounded cache.

The executor asks `find`. Automatic persisted queries (a client sends the hash, and the text only once) are kept in each process for
callers who are signed in; trusted documents are loaded once at start from a folder or a JSON file.
"""

import hashlib
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    specified_rules,
    validate,
)
from graphql.language.parser import Parser
from pydantic import BaseModel, ConfigDict, Field, field_validator
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gateway.errors import Refusal, RequestErrors
from gateway.execution import Plans
from gateway.limits import Limits
from gateway.limits.measure import shapes
from gateway.limits.plan import Plan
from gateway.limits.repeats import check_repeats
from gateway.limits.uses import Uses, defaults
from resolvers.errors import Denied, GurumError, Invalid

_RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_MOST_ERRORS: Final = 10  # of one document; enough to mend it, and a cheap end for nonsense
_SMALL: Final = 100  # tokens that are read in the time of any request
_SUGGESTION: Final = (
    200  # cost of an error: names that are like the wrong one are looked for, which takes a millisecond
)
_LONGEST_PERSISTED: Final = 32_000  # characters; a thousand tokens with long names and comments between them


class DocumentSettings(BaseModel):
    """Where documents come from and how many are remembered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cached_tokens: int = Field(
        60_000,
        gt=0,
        description="Tokens of all documents kept, parsed and compiled (3 kB each at most). Raise it when clients send many of them.",
    )
    persisted: bool = Field(
        True, description="Whether automatic persisted queries (a hash instead of the text) are answered."
    )
    persisted_seconds: int = Field(
        86_400, gt=0, description="Seconds that a persisted query is remembered after it was last sent in full."
    )
    persisted_bytes: int = Field(
        16_000_000, gt=0, description="Bytes of all persisted queries that a process keeps; the oldest go first."
    )
    trusted: Path | None = Field(
        None,
        description="A folder of .graphql files or a JSON file of id to text: documents served by documentId, free of the token limit.",
    )
    trusted_only: bool = Field(
        False, description="Admit trusted documents only. Switch it on when all your clients are your own."
    )

    @field_validator("trusted")
    @classmethod
    def _is_there(cls, path: Path | None) -> Path | None:
        if path is not None and not path.exists():
            raise ValueError(f"{path} is neither a folder nor a file")
        return path


class PersistedQueries:
    """The texts that clients sent once, by hash: bounded, forgetting, and allowed to forget early."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float]) -> None:
        self._most = most  # bytes
        self._seconds = seconds
        self._now = now
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def get(self, key: str) -> str | None:
        until, text = self._entries.get(key, (0.0, ""))
        if until > self._now():
            return text
        self._forget(key)
        return None

    def put(self, key: str, text: str) -> None:
        """A text that is too long to be kept is sent in full each time."""
        if len(text) > _LONGEST_PERSISTED:
            return
        self._forget(key)
        self._entries[key] = (self._now() + self._seconds, text)
        self._bytes += _size(key, text)
        while self._bytes > self._most:
            self._forget(next(iter(self._entries)))

    def _forget(self, key: str) -> None:
        _, text = self._entries.pop(key, (0.0, None))
        if text is not None:
            self._bytes -= _size(key, text)


def _size(key: str, text: str) -> int:
    """In memory, where one character outside of Latin makes all of a text larger."""
    return sys.getsizeof(key) + sys.getsizeof(text)


class PersistedQueryNotFound(GurumError):
    """Not a fault: the client now sends the text. Message and code are those that clients of the protocol look for."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    retryable = True


class TrustedDocumentError(ValueError):
    """The trusted documents can not be read, or do not fit the schema; the text is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The parameters of one operation, as a client sent them."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document. `kind` is query, mutation or subscription; `uses` is how often each variable stands in it, `defaults`
    are the values of those that are left out."""

    kind: str
    name: str | None
    plan: Plan
    introspects: bool
    uses: Mapping[str, int]
    defaults: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """`errors` holds what forbids the document for good; it has operations only when there are none."""

    node: DocumentNode | None
    operations: tuple[Operation, ...] = ()
    errors: tuple[GraphQLError | GurumError, ...] = ()
    tokens: int = 1
    plans: Plans = field(default_factory=lambda: Plans(0))


class Documents:
    """All documents of one schema. Raises `TrustedDocumentError` at once when a trusted document does not fit the schema."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, settings: DocumentSettings, now: Callable[[], float]
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._settings = settings
        self._texts = PersistedQueries(settings.persisted_bytes, settings.persisted_seconds, now)
        self._cache: OrderedDict[tuple[str, bool], Document] = OrderedDict()
        self._cached_tokens = 0
        self._trusted = self._load_trusted(settings.trusted) if settings.trusted else {}

    def find(self, request: GraphQLRequest, caller: str, *, anonymous: bool, trusted: bool = False) -> Document:
        """The document of a request. `anonymous` callers get no suggestions; `trusted` text comes from ourselves.

        Reading a text that is not remembered is charged to the caller, by its length and its errors, whatever comes of it.
        """
        if request.document_id is not None:
            if request.query is not None:
                raise Invalid("Send either query or documentId, not both.")
            document = self._trusted.get(request.document_id)
            if document is None:
                raise Invalid(f"There is no trusted document with the id {request.document_id[:100]!r}.")
            return document
        text = request.query
        persisted = request.extensions.get("persistedQuery") if request.extensions else None
        if persisted is not None:
            text = self._persisted(persisted, text)
        if text is None or not text.strip():
            raise Refusal(Invalid("The request has no query."))
        if self._settings.trusted_only and not trusted:
            document = self._trusted.get(f"sha256:{sha256(text)}")
            if document is None:
                raise Denied("Only trusted documents are admitted here; send the documentId of one.")
            return document
        document = self._cached(text, anonymous, None if trusted else caller)
        # Nobody fills the memory of a process without a name: who is not signed in sends the text each time.
        if persisted is not None and request.query is not None and not document.errors and not anonymous:
            self._texts.put(persisted["sha256Hash"].lower(), text)
        return document

    def _cached(self, text: str, anonymous: bool, caller: str | None) -> Document:
        key = (text, anonymous)
        document = self._cache.get(key)
        if document is not None:
            self._cache.move_to_end(key)
            return document
        if caller is not None:
            self._limits.rate.require(caller)
        document = self.read(text, anonymous=anonymous)
        if caller is not None:
            suggested = 0 if anonymous else _SUGGESTION * len(document.errors)
            self._limits.rate.charge(caller, max(0, document.tokens - _SMALL) + suggested)
        self._cache[key] = document
        self._cached_tokens += document.tokens
        while self._cached_tokens > self._settings.cached_tokens:
            self._cached_tokens -= self._cache.popitem(last=False)[1].tokens
        return document

    def read(self, text: str, *, anonymous: bool = False, any_size: bool = False) -> Document:
        """Parses, measures, validates and plans. The order matters: what is too big is refused before the dear step."""
        most = self._limits.tokens.most
        limit = None if any_size else most
        parser = Parser(text, max_lexical_tokens=limit, max_comments=limit)
        # Strings and comments are long without being many tokens; they count for what they keep in memory.
        tokens = 1 + len(text) // 100
        try:
            node = parser.parse_document()
        except GraphQLSyntaxError as error:
            too_many = limit is not None and parser.token_count > limit
            return Document(None, errors=(self._limits.tokens.refusal() if too_many else error,), tokens=tokens)
        except RecursionError:
            return Document(None, errors=(Invalid("The document nests too deeply to be read."),), tokens=tokens)
        tokens += parser.token_count
        try:
            measured = shapes(node)
            for _, shape in measured:
                for shape_limit in self._limits.shape:
                    shape_limit.check(shape)
            if not any_size:
                check_repeats(node)
        except GurumError as error:
            return Document(None, errors=(error.with_traceback(None),), tokens=tokens)
        except RecursionError:
            return Document(None, errors=(Invalid("The document nests too deeply to be measured."),), tokens=tokens)
        errors = validate(self._schema, node, _RULES, max_errors=_MOST_ERRORS, hide_suggestions=anonymous)
        if errors:
            return Document(None, errors=tuple(errors), tokens=tokens)
        fragments = {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        compiler, uses = self._limits.cost.compiler(self._schema, fragments), Uses(fragments)
        operations = tuple(
            Operation(
                definition.operation.value,
                definition.name.value if definition.name else None,
                compiler.plan(definition),
                shape.introspects,
                uses.of(definition),
                defaults(definition),
            )
            for definition, shape in measured
        )
        return Document(node, operations, tokens=tokens, plans=Plans(tokens))

    def _persisted(self, persisted: Any, text: str | None) -> str:
        if not self._settings.persisted:
            raise Invalid("Persisted queries are switched off here; send the query.")
        given = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
        if not isinstance(given, str) or persisted.get("version") != 1:
            raise Invalid("extensions.persistedQuery needs version 1 and sha256Hash.")
        if text is not None:
            if sha256(text) != given.lower():
                raise Invalid("The sha256Hash of the persisted query does not match the query sent with it.")
            return text
        known = self._texts.get(given.lower())
        if known is None:
            raise PersistedQueryNotFound("PersistedQueryNotFound")
        return known

    def _load_trusted(self, path: Path) -> dict[str, Document]:
        """Each document under its own id and under `sha256:` and the hash of its text."""
        trusted: dict[str, Document] = {}
        for name, text in _texts(path).items():
            document = self.read(text, any_size=True)
            if document.errors:
                wrong = document.errors[0].message.rstrip(".")
                raise TrustedDocumentError(f"The trusted document {name} does not fit: {wrong}.")
            trusted[name] = trusted[f"sha256:{sha256(text)}"] = document
        return trusted


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def choose(document: Document, name: str | None) -> Operation:
    """The operation that a request means; raises `RequestErrors` in the words of the specification."""
    if document.errors:
        raise RequestErrors(document.errors)
    if name is not None:
        for operation in document.operations:
            if operation.name == name:
                return operation
        raise RequestErrors([GraphQLError(f"Unknown operation named '{name[:100]}'.")])
    if len(document.operations) != 1:
        raise RequestErrors([GraphQLError("Must provide operation name if query contains multiple operations.")])
    return document.operations[0]


def _texts(path: Path) -> dict[str, str]:
    try:
        if path.is_dir():
            return {file.stem: file.read_text("utf-8") for file in sorted(path.glob("*.graphql"))}
        loaded = orjson.loads(path.read_bytes())
    except OSError as error:
        raise TrustedDocumentError(f"The trusted documents in {path} can not be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TrustedDocumentError(f"The trusted documents in {path} are not all texts in UTF-8.") from error
    except orjson.JSONDecodeError as error:
        raise TrustedDocumentError(f"The file of trusted documents {path} is not JSON: {error}.") from error
    if not isinstance(loaded, dict) or not all(isinstance(text, str) for text in loaded.values()):
        raise TrustedDocumentError(f"The file of trusted documents {path} must be one object of id to text.")
    return loaded

-- mainstay-visibility: who may see what, and from when.

-- Every object that has one owner and a marking. A marking is a step of TLP 2.0, 0 CLEAR to 4 RED.
CREATE TABLE marking (
    object {text} NOT NULL PRIMARY KEY,
    owner {text} NOT NULL,
    tlp BIGINT NOT NULL
) {clustered};
CREATE INDEX marking_by_owner ON marking (owner, object);

-- To whom an object is told beside its owner. `audience` is empty for those without a name.
CREATE TABLE release (
    object {text} NOT NULL REFERENCES marking (object) ON DELETE CASCADE,
    kind {text} NOT NULL,
    audience {text} NOT NULL,
    not_before BIGINT NOT NULL,
    tlp BIGINT NOT NULL,
    PRIMARY KEY (object, kind, audience, not_before, tlp)
) {clustered};
CREATE INDEX release_by_audience ON release (kind, audience, object);

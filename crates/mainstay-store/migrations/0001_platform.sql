-- mainstay-store: the log, jobs, events, counters and settings of an instance.

-- Numbers for rows that are named by a small number. `next` is the first that is free.
CREATE TABLE counter (
    name {text} NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

-- One entry for everything that changed. `hash` covers the entry and the hash before it.
CREATE TABLE log (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor {text} NOT NULL,
    origin {text} NOT NULL,
    action {text} NOT NULL,
    subject {text} NOT NULL,
    detail {text} NOT NULL,
    hash {text} NOT NULL
);
CREATE INDEX log_by_subject ON log (subject, sequence);

-- The end of the log: one row, which whoever appends must change first.
CREATE TABLE log_head (
    one BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    hash {text} NOT NULL
);

-- Work to be done once, by whichever process is free.
CREATE TABLE job (
    id BIGINT NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    body {text} NOT NULL,
    -- Two jobs with the same key are one, while the first waits. Null: never the same.
    key {text},
    ready_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Who works at it, and until when that one is believed to be alive.
    worker {text},
    leased_until BIGINT NOT NULL,
    failure {text},
    -- Given up after too many attempts.
    dead BIGINT NOT NULL
);
CREATE INDEX job_by_time ON job (dead, ready_at, id);
CREATE UNIQUE INDEX job_by_key ON job (kind, key);

-- What happened, in the order in which it became durable.
CREATE TABLE event (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind {text} NOT NULL,
    subject {text} NOT NULL,
    body {text} NOT NULL
);
CREATE INDEX event_by_subject ON event (subject, sequence);

-- Small facts of the instance, by name.
CREATE TABLE setting (
    name {text} NOT NULL PRIMARY KEY,
    value {text} NOT NULL
);

INSERT INTO log_head (one, size, at, hash) VALUES (1, 0, 0, '');
INSERT INTO counter (name, next) VALUES ('event', 1);

-- mainstay-questions: signed questions that are published here, the answers to them, and which
-- keys are whose.

CREATE TABLE question (
    -- The id of the signed document.
    id {text} NOT NULL PRIMARY KEY,
    -- Its name as an object that has a marking.
    object {text} NOT NULL UNIQUE,
    -- Who asks.
    organisation {text} NOT NULL,
    digest {text} NOT NULL,
    -- The key that signed it, as one line.
    signer {text} NOT NULL,
    envelope {bytes} NOT NULL,
    published_at BIGINT NOT NULL,
    deadline BIGINT NOT NULL,
    -- No answer is taken any more.
    closed_at BIGINT
);
CREATE INDEX question_by_organisation ON question (organisation, published_at);

CREATE TABLE question_answer (
    id {text} NOT NULL PRIMARY KEY,
    object {text} NOT NULL UNIQUE,
    question {text} NOT NULL REFERENCES question (id),
    -- In whose name it was sent.
    organisation {text} NOT NULL,
    digest {text} NOT NULL,
    signer {text} NOT NULL,
    envelope {bytes} NOT NULL,
    -- As the document says, and when it came.
    answered_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (question, digest)
);
CREATE INDEX question_answer_by_organisation ON question_answer (question, organisation);

-- A key speaks for one organisation. Its name is no part of it: names can be chosen.
CREATE TABLE organisation_key (
    public {text} NOT NULL PRIMARY KEY,
    organisation {text} NOT NULL,
    since BIGINT NOT NULL
);

-- mainstay-notices: who can be told what, what was told, who has seen and answered it.

-- Where an organisation is told things. `kept_by` is who wrote the row down: the organisation
-- itself, or another for its own use.
CREATE TABLE contact (
    id {text} NOT NULL PRIMARY KEY,
    kept_by {text} NOT NULL,
    party {text} NOT NULL,
    role {text} NOT NULL,
    -- mail or webhook.
    channel {text} NOT NULL,
    address {text} NOT NULL,
    name {text} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (kept_by, party, channel, address)
);
CREATE INDEX contact_by_party ON contact (party, id);

-- Who wants drafts when an advisory opens findings, and of which severity at least.
CREATE TABLE notice_wish (
    party {text} NOT NULL PRIMARY KEY,
    severity {text} NOT NULL,
    -- Advisories for which none was made, since too many drafts lay there untouched.
    undrafted BIGINT NOT NULL
);

-- Who sees a notice is said by its marking: the object `notice/ID`.
CREATE TABLE notice (
    id {text} NOT NULL PRIMARY KEY,
    owner {text} NOT NULL,
    -- JSON: what it is about, its words, to whom it goes. The marking is with the object.
    content {text} NOT NULL,
    -- Grows with each change: who changes an older one is told.
    version BIGINT NOT NULL,
    -- draft, reviewed, released, closed; what belongs to it, as JSON.
    stage {text} NOT NULL,
    stage_detail {text} NOT NULL,
    -- Not before; null: as soon as it is released.
    not_before BIGINT,
    -- Hours after which who is silent is reminded, and how often at most; 0: never.
    remind_hours BIGINT NOT NULL,
    remind_most BIGINT NOT NULL,
    -- Of drafts that were made by themselves: one for each owner and subject. Null: a person's.
    made_for {text} UNIQUE,
    drafted_by {text} NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notice_by_owner ON notice (owner, created_at);
CREATE INDEX notice_by_stage ON notice (stage, id);

-- An organisation that was told, or that could not be.
CREATE TABLE notice_recipient (
    id {text} NOT NULL PRIMARY KEY,
    notice {text} NOT NULL REFERENCES notice (id),
    party {text} NOT NULL,
    party_name {text} NOT NULL,
    -- affected: known to be; named: by the author.
    reason {text} NOT NULL,
    -- Why it could not be told; null when it was.
    untold {text},
    told_at BIGINT NOT NULL,
    -- How often it was reminded, and when last.
    reminders BIGINT NOT NULL,
    reminded_at BIGINT,
    UNIQUE (notice, party)
);
CREATE INDEX notice_recipient_by_party ON notice_recipient (party, notice);

-- A letter or a call: once for each contact and turn. Turn 0 tells, later ones remind.
CREATE TABLE notice_delivery (
    id {text} NOT NULL PRIMARY KEY,
    recipient {text} NOT NULL REFERENCES notice_recipient (id),
    notice {text} NOT NULL,
    turn BIGINT NOT NULL,
    channel {text} NOT NULL,
    address {text} NOT NULL,
    name {text} NOT NULL,
    role {text} NOT NULL,
    -- waiting, sent, failed.
    state {text} NOT NULL,
    attempts BIGINT NOT NULL,
    -- When it is tried next, or was sent, or given up.
    at BIGINT NOT NULL,
    -- What went wrong last.
    failure {text},
    UNIQUE (recipient, turn, channel, address)
);
CREATE INDEX notice_delivery_by_notice ON notice_delivery (notice, id);

-- Links that show a notice to whoever was sent one. Only the hash is kept.
CREATE TABLE notice_link (
    hash {text} NOT NULL PRIMARY KEY,
    delivery {text} NOT NULL,
    recipient {text} NOT NULL,
    notice {text} NOT NULL,
    expires_at BIGINT NOT NULL,
    opened_at BIGINT
);

-- Who has seen it, the first time.
CREATE TABLE notice_seen (
    recipient {text} NOT NULL REFERENCES notice_recipient (id),
    who {text} NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (recipient, who)
) {clustered};

-- What was answered. The newest counts.
CREATE TABLE notice_answer (
    id {text} NOT NULL PRIMARY KEY,
    recipient {text} NOT NULL REFERENCES notice_recipient (id),
    notice {text} NOT NULL,
    who {text} NOT NULL,
    -- The words of VEX.
    claim {text} NOT NULL,
    justification {text},
    words {text} NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX notice_answer_by_notice ON notice_answer (notice, at, id);

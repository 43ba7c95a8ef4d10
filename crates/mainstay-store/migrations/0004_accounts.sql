-- mainstay-accounts: people, how they prove who they are, and what they may do where.

CREATE TABLE account (
    id {text} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    -- As it was typed, and as addresses are compared.
    mail {text} NOT NULL,
    mail_key {text} NOT NULL UNIQUE,
    -- Runs this instance.
    administrator BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the address was proved; null: it was not.
    mail_proved_at BIGINT
);

-- A password, as argon2id in PHC form.
CREATE TABLE password (
    account {text} NOT NULL PRIMARY KEY REFERENCES account (id),
    phc {text} NOT NULL
);

CREATE TABLE membership (
    account {text} NOT NULL REFERENCES account (id),
    organisation {text} NOT NULL,
    role {text} NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (account, organisation)
) {clustered};
CREATE INDEX membership_by_organisation ON membership (organisation, account);

-- Signed in. Of a secret only its hash is kept.
CREATE TABLE session (
    hash {text} NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    account {text} NOT NULL REFERENCES account (id),
    began_at BIGINT NOT NULL,
    -- When the person last proved who it is.
    proved_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- From where, and with what program.
    origin {text} NOT NULL,
    agent {text} NOT NULL
);
CREATE INDEX session_by_account ON session (account, began_at);

-- From where an account was signed in to: there, nobody is kept waiting for what strangers do.
CREATE TABLE known_place (
    account {text} NOT NULL REFERENCES account (id),
    place {text} NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (account, place)
) {clustered};

-- API tokens. Of a secret only its hash is kept.
CREATE TABLE token (
    hash {text} NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    account {text} NOT NULL REFERENCES account (id),
    name {text} NOT NULL,
    -- Where it counts; empty: nowhere in particular.
    organisation {text} NOT NULL,
    -- Words, with blanks between.
    scopes {text} NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX token_by_account ON token (account, made_at);

-- Links that let somebody in once: the first account, invitations, lost passwords, proofs of mail.
CREATE TABLE ticket (
    hash {text} NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    account {text},
    mail {text} NOT NULL,
    organisation {text} NOT NULL,
    role {text} NOT NULL,
    made_by {text} NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ticket_by_organisation ON ticket (kind, organisation, made_at);

-- Wrong passwords and codes: how many since when, and until when nothing is tried.
CREATE TABLE throttle (
    subject {text} NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- Codes by time (RFC 6238). The secret must be read to be checked, so it is kept as it is.
CREATE TABLE totp (
    account {text} NOT NULL PRIMARY KEY REFERENCES account (id),
    secret {bytes} NOT NULL,
    -- Null: not proved by a first code yet, so it does not count.
    confirmed_at BIGINT,
    -- The newest step that was used; no code is taken twice.
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    account {text} NOT NULL REFERENCES account (id),
    hash {text} NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, hash)
) {clustered};

-- Passkeys (WebAuthn): the credential record of the standard.
CREATE TABLE passkey (
    -- Base64url. Registered once, over all accounts.
    credential {text} NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    account {text} NOT NULL REFERENCES account (id),
    name {text} NOT NULL,
    -- A COSE key.
    public_key {bytes} NOT NULL,
    sign_count BIGINT NOT NULL,
    aaguid {bytes} NOT NULL,
    -- Words, with blanks between.
    transports {text} NOT NULL,
    backup {text} NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT
);
CREATE INDEX passkey_by_account ON passkey (account, made_at);

-- What was sent to be signed by a passkey, each once.
CREATE TABLE challenge (
    -- Of the secret that the browser brings back with the answer.
    hash {text} NOT NULL PRIMARY KEY,
    purpose {text} NOT NULL,
    -- The session or the link for which it was asked; empty: neither.
    bound {text} NOT NULL,
    -- Whose passkey; of somebody new, the id that the account will have. Empty: not known yet.
    account {text} NOT NULL,
    -- Of whom a passkey is made for: name and address.
    name {text} NOT NULL,
    mail {text} NOT NULL,
    challenge {bytes} NOT NULL,
    -- From where it was asked, as guesses are counted.
    place {text} NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX challenge_by_place ON challenge (place, expires_at);

-- mainstay-inventory: parties, what they deploy, what that is made of, and what is wrong with it.

-- Organisations, projects, people, sectors and communities. Small numbers, since a use names one.
CREATE TABLE party (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    name {text} NOT NULL,
    -- Systemically important.
    important BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX party_by_name ON party (kind, name);

CREATE TABLE party_sector (
    party BIGINT NOT NULL REFERENCES party (number),
    sector {text} NOT NULL,
    PRIMARY KEY (party, sector)
) {clustered};
CREATE INDEX party_by_sector ON party_sector (sector, party);

CREATE TABLE contact (
    id {text} NOT NULL PRIMARY KEY,
    party BIGINT NOT NULL REFERENCES party (number),
    role {text} NOT NULL,
    channel {text} NOT NULL,
    address {text} NOT NULL,
    signing_key {text} NOT NULL,
    verified_at BIGINT
);
CREATE INDEX contact_by_party ON contact (party, role, id);

-- Namespaces of package URLs that a party says to maintain or to ship.
CREATE TABLE claim (
    party BIGINT NOT NULL REFERENCES party (number),
    namespace {text} NOT NULL,
    claims {text} NOT NULL,
    PRIMARY KEY (party, namespace, claims)
) {clustered};
CREATE INDEX claim_by_namespace ON claim (namespace);

-- What a party deploys or ships, and its versions.
CREATE TABLE asset (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    party BIGINT NOT NULL REFERENCES party (number),
    name {text} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (party, name)
);

-- SBOMs as they came. The newest of an asset's version is current, unless it was withdrawn.
CREATE TABLE sbom (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    asset BIGINT NOT NULL REFERENCES asset (number),
    release {text} NOT NULL,
    blob {text} NOT NULL,
    file_name {text} NOT NULL,
    format {text} NOT NULL,
    received_at BIGINT NOT NULL,
    -- Packages that it names, and how many of those are not checked.
    packages BIGINT NOT NULL,
    unchecked BIGINT NOT NULL,
    -- JSON: what the document leaves open.
    gaps {text} NOT NULL,
    -- Sorted numbers of component versions, each twice its number plus 1 if it is asked for directly.
    content {bytes} NOT NULL,
    is_current BIGINT NOT NULL,
    -- Grows with each change of the row: what readers in memory have seen.
    turn BIGINT NOT NULL
);
CREATE INDEX sbom_by_asset ON sbom (asset, release, is_current);
CREATE UNIQUE INDEX sbom_by_turn ON sbom (turn);

CREATE TABLE package (
    number BIGINT NOT NULL PRIMARY KEY,
    ecosystem {text} NOT NULL,
    -- As the ecosystem compares names, and as it is written.
    name_key {text} NOT NULL,
    name {text} NOT NULL,
    UNIQUE (ecosystem, name_key)
);
CREATE INDEX package_by_name ON package (name_key, number);

-- A version of a package: the same thing in every SBOM that names it.
CREATE TABLE component (
    number BIGINT NOT NULL PRIMARY KEY,
    package BIGINT NOT NULL REFERENCES package (number),
    -- What tells it from all others: its package URL and where its content comes from.
    identity {text} NOT NULL UNIQUE,
    purl {text} NOT NULL,
    version {text} NOT NULL,
    -- checked, or why not.
    unchecked {text},
    -- Which advisory data it was matched with.
    matched_at BIGINT NOT NULL
);
CREATE INDEX component_by_package ON component (package, number);

-- What is known to be wrong with a component, one row a flaw.
CREATE TABLE component_flaw (
    component BIGINT NOT NULL REFERENCES component (number),
    flaw {text} NOT NULL,
    severity BIGINT NOT NULL,
    kind {text} NOT NULL,
    title {text} NOT NULL,
    fixed_in {text},
    -- 1 known to be exploited, 0 known not to be, null not known.
    exploited BIGINT,
    -- EPSS in millionths.
    probability BIGINT,
    PRIMARY KEY (component, flaw)
) {clustered};

-- Every id under which a flaw of a component is known.
CREATE TABLE flaw_name (
    name {text} NOT NULL,
    component BIGINT NOT NULL,
    flaw {text} NOT NULL,
    PRIMARY KEY (name, component, flaw)
) {clustered};
CREATE INDEX flaw_name_by_component ON flaw_name (component);

-- A flaw in a version of an asset, from when to when.
CREATE TABLE finding (
    asset BIGINT NOT NULL REFERENCES asset (number),
    release {text} NOT NULL,
    component BIGINT NOT NULL,
    flaw {text} NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    -- Why it was closed: gone from the SBOM, record withdrawn, SBOM withdrawn.
    closed_by {text},
    -- How often it was opened.
    times BIGINT NOT NULL,
    PRIMARY KEY (asset, release, component, flaw)
) {clustered};
CREATE INDEX finding_by_flaw ON finding (flaw, asset);

-- Who says what about a flaw in something: the only source of VEX and of "who has answered".
CREATE TABLE statement (
    id {text} NOT NULL PRIMARY KEY,
    party BIGINT NOT NULL REFERENCES party (number),
    -- An asset and a version of it, or an empty text for all versions.
    asset BIGINT REFERENCES asset (number),
    release {text} NOT NULL,
    -- An empty text speaks of every component of the asset.
    purl {text} NOT NULL,
    flaw {text} NOT NULL,
    status {text} NOT NULL,
    justification {text} NOT NULL,
    reason {text} NOT NULL,
    author {text} NOT NULL,
    -- Where it came from: a page, a document.
    source {text} NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX statement_by_flaw ON statement (flaw, asset, made_at);
CREATE INDEX statement_by_asset ON statement (asset, flaw);

-- In which SBOMs a component is: lists of numbers, written in batches. What came after the last
-- batch is read from the SBOMs themselves.
CREATE TABLE posting_batch (
    number BIGINT NOT NULL PRIMARY KEY,
    first_sbom BIGINT NOT NULL,
    last_sbom BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    is_active BIGINT NOT NULL
);
CREATE TABLE posting (
    batch BIGINT NOT NULL,
    component BIGINT NOT NULL,
    sboms {bytes} NOT NULL,
    PRIMARY KEY (batch, component)
) {clustered};

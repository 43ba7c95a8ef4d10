-- mainstay-inventory: parties, what they deploy, what that is made of, and what is wrong with it.

-- How often the flaws of components were changed.
INSERT INTO counter (name, next) VALUES ('flaws', 1);

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

-- What a party deploys or ships, and its versions.
CREATE TABLE asset (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    party BIGINT NOT NULL REFERENCES party (number),
    name {text} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (party, name)
);

-- SBOMs as they came. The newest of an asset's version is current.
CREATE TABLE sbom (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    asset BIGINT NOT NULL REFERENCES asset (number),
    release {text} NOT NULL,
    blob {text} NOT NULL,
    file_name {text} NOT NULL,
    format {text} NOT NULL,
    received_at BIGINT NOT NULL,
    -- Packages that it names.
    packages BIGINT NOT NULL,
    -- JSON: what the document leaves open.
    gaps {text} NOT NULL,
    -- Sorted uses: each the number of a component times four, plus how it is needed.
    content {bytes} NOT NULL,
    is_current BIGINT NOT NULL,
    -- Grows with each change of the row: what readers in memory have seen.
    turn BIGINT NOT NULL
);
CREATE INDEX sbom_by_asset ON sbom (asset, release, is_current);
CREATE UNIQUE INDEX sbom_current ON sbom (asset, release) WHERE is_current = 1;
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
    -- When it was looked up last.
    matched_at BIGINT NOT NULL,
    -- Its flaws were changed at this turn, and the findings that follow are not written yet.
    unsettled BIGINT
);
CREATE INDEX component_unsettled ON component (unsettled) WHERE unsettled IS NOT NULL;
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
    -- Why it was closed: the SBOM, or the advisories, do not name it any more.
    closed_by {text},
    -- How often it was opened.
    times BIGINT NOT NULL,
    PRIMARY KEY (asset, release, component, flaw)
) {clustered};
CREATE INDEX finding_by_flaw ON finding (flaw, asset);

-- In which SBOMs a component is: lists of numbers, by batches of neighbouring SBOMs. What came
-- after the last batch is read from the SBOMs themselves.
CREATE TABLE posting_batch (
    first_sbom BIGINT NOT NULL PRIMARY KEY,
    last_sbom BIGINT NOT NULL,
    uses BIGINT NOT NULL
);
CREATE TABLE posting (
    -- The first SBOM of the batch.
    batch BIGINT NOT NULL,
    component BIGINT NOT NULL,
    sboms {bytes} NOT NULL,
    PRIMARY KEY (batch, component)
) {clustered};

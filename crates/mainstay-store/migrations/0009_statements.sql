-- mainstay-inventory: statements (VEX), what they do to findings, and what findings were before.

-- Documents that make statements: VEX as it came, and SBOMs with statements inside.
CREATE TABLE vex_document (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    party BIGINT NOT NULL REFERENCES party (number),
    -- The asset of which it is to speak; null: all of the party's.
    asset BIGINT,
    -- The SBOM that it is; null: a document of its own.
    sbom BIGINT,
    blob {text} NOT NULL,
    file_name {text} NOT NULL,
    format {text} NOT NULL,
    -- What it says of itself.
    author {text},
    name {text} NOT NULL,
    version {text},
    received_at BIGINT NOT NULL,
    received_by {text} NOT NULL,
    -- JSON: its parts that say nothing, and why.
    remarks {text} NOT NULL
);
CREATE INDEX vex_document_by_party ON vex_document (party, number);
CREATE INDEX vex_document_by_sbom ON vex_document (sbom);

-- Who says what about one flaw in one product.
CREATE TABLE statement (
    number BIGINT NOT NULL PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    party BIGINT NOT NULL REFERENCES party (number),
    -- The only asset, the only SBOM of which it is to speak; null: all of the party's.
    asset BIGINT,
    sbom BIGINT,
    -- The document that says it; null: somebody said it here.
    document BIGINT,
    line BIGINT,
    -- The account that said it, or that sent the document.
    account {text} NOT NULL,
    author {text},
    flaw {text} NOT NULL,
    -- JSON: other ids of the flaw; the product; how it was found out.
    aliases {text} NOT NULL,
    product {text} NOT NULL,
    evidence {text} NOT NULL,
    -- Type, namespace and name of the package that it is about; empty: of no package.
    about {text} NOT NULL,
    status {text} NOT NULL,
    justification {text},
    impact {text},
    action {text},
    notes {text},
    issued_at BIGINT,
    updated_at BIGINT,
    -- Its last day, as 2026-12-31.
    expires {text},
    received_at BIGINT NOT NULL,
    -- Whether it held when findings were brought in line with it.
    held BIGINT NOT NULL
);
CREATE INDEX statement_by_package ON statement (party, about, number);
CREATE INDEX statement_of_party ON statement (party, id);
CREATE INDEX statement_by_document ON statement (document, number);
CREATE INDEX statement_by_end ON statement (expires) WHERE expires IS NOT NULL AND held = 1;
CREATE INDEX statement_to_come ON statement (number) WHERE held = 0;

-- Every id of the flaw of a statement, in capital letters.
CREATE TABLE statement_flaw (
    name {text} NOT NULL,
    statement BIGINT NOT NULL,
    PRIMARY KEY (name, statement)
) {clustered};
CREATE INDEX statement_flaw_by_statement ON statement_flaw (statement);

-- Versions of assets whose findings are to be brought in line with statements.
CREATE TABLE unheard (
    asset BIGINT NOT NULL,
    release {text} NOT NULL,
    PRIMARY KEY (asset, release)
) {clustered};

-- Silenced since, by which statement; of an open finding the statement that is told with it.
ALTER TABLE finding ADD COLUMN silenced_at BIGINT;
ALTER TABLE finding ADD COLUMN statement BIGINT;
-- 1: no advisory tells it, only the statement. Its component is 0 when it is the asset itself.
ALTER TABLE finding ADD COLUMN raised BIGINT NOT NULL DEFAULT 0;
CREATE INDEX finding_silenced ON finding (flaw) WHERE silenced_at IS NOT NULL;
CREATE INDEX finding_by_statement ON finding (statement) WHERE statement IS NOT NULL;

-- What a finding was, stretch by stretch.
CREATE TABLE finding_past (
    number BIGINT NOT NULL PRIMARY KEY,
    asset BIGINT NOT NULL,
    release {text} NOT NULL,
    component BIGINT NOT NULL,
    flaw {text} NOT NULL,
    -- open, silenced or closed.
    state {text} NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    -- Why it ended.
    why {text} NOT NULL,
    -- The statement that silenced it then.
    statement BIGINT
);
CREATE INDEX finding_past_by_finding ON finding_past (asset, release, component, flaw, number);

-- JSON: the ids of each joined advisory record. The CVSS vector. Until when KEV asks to act.
ALTER TABLE component_flaw ADD COLUMN records {text} NOT NULL DEFAULT '[]';
ALTER TABLE component_flaw ADD COLUMN vector {text};
ALTER TABLE component_flaw ADD COLUMN due {text};

-- JSON: what the SBOM says that it describes.
ALTER TABLE sbom ADD COLUMN described {text} NOT NULL DEFAULT '{}';

-- What the organisation says of an asset, for SSVC: keys of System Exposure and Human Impact.
ALTER TABLE asset ADD COLUMN exposure {text};
ALTER TABLE asset ADD COLUMN human_impact {text};

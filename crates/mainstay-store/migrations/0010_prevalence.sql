-- mainstay-inventory: what SBOMs say of the projects behind packages.

-- Something that is said of a package's project, once for all SBOMs that say it.
CREATE TABLE project_note (
    number BIGINT NOT NULL PRIMARY KEY,
    package BIGINT NOT NULL REFERENCES package (number),
    -- funding, contributing, source, website, issues, security, people.
    kind {text} NOT NULL,
    -- An address of the web; of people, how many are named.
    text {text} NOT NULL,
    UNIQUE (package, kind, text)
);

-- Which notes an SBOM has: a sorted list of numbers. An SBOM without a row came before notes were
-- read.
CREATE TABLE sbom_note (
    sbom BIGINT NOT NULL PRIMARY KEY REFERENCES sbom (number),
    notes {bytes} NOT NULL
);

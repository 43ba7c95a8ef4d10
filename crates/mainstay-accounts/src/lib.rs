//! Who one is: accounts, passkeys, passwords, sessions, tokens, roles, invitations.

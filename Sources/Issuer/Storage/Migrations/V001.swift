/// The first schema. company_id leads every key, so that the same tables can be spread over machines by company.
enum V001 {
    static let statements: [Statement] =
        [companies, agents, policies, policyVersions, authorizations] + authorizationIndexes
        + [counters, idempotencyKeys, idempotencyIndex] + signingKeys + apiKeys

    private static let companies = Statement(
        """
        CREATE TABLE companies (
            company_id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            revision BIGINT NOT NULL,
            policy_version BIGINT NOT NULL,
            key_version BIGINT NOT NULL,
            created_at BIGINT NOT NULL
        )
        """)

    private static let agents = Statement(
        """
        CREATE TABLE agents (
            company_id TEXT NOT NULL REFERENCES companies,
            agent_id TEXT NOT NULL,
            environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
            name TEXT NOT NULL,
            description TEXT,
            status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED')),
            metadata TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            deleted_at BIGINT,
            PRIMARY KEY (company_id, agent_id)
        )
        """)

    private static let policies = Statement(
        """
        CREATE TABLE policies (
            company_id TEXT NOT NULL REFERENCES companies,
            policy_id TEXT NOT NULL,
            environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
            version BIGINT NOT NULL CHECK (version >= 1),
            agent_id TEXT,
            terms TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT,
            PRIMARY KEY (company_id, policy_id)
        )
        """)

    private static let policyVersions = Statement(
        """
        CREATE TABLE policy_versions (
            company_id TEXT NOT NULL,
            policy_id TEXT NOT NULL,
            version BIGINT NOT NULL,
            terms TEXT NOT NULL,
            written_at BIGINT NOT NULL,
            written_by TEXT NOT NULL,
            PRIMARY KEY (company_id, policy_id, version),
            FOREIGN KEY (company_id, policy_id) REFERENCES policies
        )
        """)

    private static let authorizations = Statement(
        """
        CREATE TABLE authorizations (
            company_id TEXT NOT NULL,
            authorization_id TEXT NOT NULL,
            environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
            agent_id TEXT NOT NULL,
            amount BIGINT NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
            currency TEXT NOT NULL,
            merchant TEXT,
            note TEXT,
            metadata TEXT NOT NULL,
            audience TEXT,
            lifetime_s BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('PENDING', 'CONFIRMED', 'VOIDED', 'EXPIRED', 'DENIED', 'HELD')),
            decision TEXT NOT NULL CHECK (decision IN ('APPROVED', 'DENIED', 'PENDING_APPROVAL')),
            reasons TEXT NOT NULL,
            shadow_reasons TEXT NOT NULL,
            policies TEXT NOT NULL,
            approval TEXT,
            authorized_at BIGINT,
            expires_at BIGINT NOT NULL,
            hold_expires_at BIGINT,
            confirmed_amount BIGINT CHECK (confirmed_amount BETWEEN 1 AND amount),
            late BIGINT NOT NULL CHECK (late IN (0, 1)),
            resolved_at BIGINT,
            claims TEXT,
            PRIMARY KEY (company_id, authorization_id),
            FOREIGN KEY (company_id, agent_id) REFERENCES agents,
            CHECK ((status = 'CONFIRMED') = (confirmed_amount IS NOT NULL)),
            CHECK ((status IN ('PENDING', 'CONFIRMED', 'VOIDED', 'EXPIRED'))
                = (decision = 'APPROVED' AND authorized_at IS NOT NULL AND hold_expires_at IS NOT NULL AND claims IS NOT NULL)),
            CHECK ((status = 'HELD') = (decision = 'PENDING_APPROVAL'))
        )
        """)

    private static let authorizationIndexes = [
        // What lapses next.
        Statement(
            """
            CREATE INDEX authorizations_reserved ON authorizations (company_id, hold_expires_at) WHERE status = 'PENDING'
            """),
        Statement("CREATE INDEX authorizations_held ON authorizations (company_id, expires_at) WHERE status = 'HELD'"),
        // What waits for approval, newest first.
        Statement(
            """
            CREATE INDEX authorizations_for_approval ON authorizations (company_id, environment, authorization_id)
            WHERE status = 'HELD'
            """),
        // One agent's, newest first.
        Statement(
            "CREATE INDEX authorizations_by_agent ON authorizations (company_id, agent_id, authorization_id)"),
        // What a period has seen: opens a counter, and recounts one.
        Statement(
            """
            CREATE INDEX authorizations_counted ON authorizations (company_id, environment, currency, authorized_at)
            WHERE authorized_at IS NOT NULL
            """),
    ]

    /// 4611686018427387903 is 2^62 - 1: the sum of the two amounts always fits 63 bits.
    private static let counters = Statement(
        """
        CREATE TABLE counters (
            company_id TEXT NOT NULL REFERENCES companies,
            environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
            currency TEXT NOT NULL,
            subject TEXT NOT NULL,
            period_end BIGINT NOT NULL,
            period_start BIGINT NOT NULL CHECK (period_start < period_end),
            reserved_amount BIGINT NOT NULL CHECK (reserved_amount BETWEEN 0 AND 4611686018427387903),
            reserved_count BIGINT NOT NULL CHECK (reserved_count BETWEEN 0 AND reserved_amount),
            confirmed_amount BIGINT NOT NULL CHECK (confirmed_amount BETWEEN 0 AND 4611686018427387903),
            confirmed_count BIGINT NOT NULL CHECK (confirmed_count BETWEEN 0 AND confirmed_amount),
            PRIMARY KEY (company_id, environment, currency, subject, period_end, period_start)
        )
        """)

    private static let idempotencyKeys = Statement(
        """
        CREATE TABLE idempotency_keys (
            company_id TEXT NOT NULL REFERENCES companies,
            environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
            idempotency_key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            request_id TEXT NOT NULL,
            outcome TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (company_id, environment, idempotency_key)
        )
        """)

    private static let idempotencyIndex = Statement(
        "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (company_id, created_at)")

    private static let signingKeys = [
        // The private key is kept exactly as long as the key is published.
        Statement(
            """
            CREATE TABLE signing_keys (
                kid TEXT PRIMARY KEY,
                algorithm TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('announced', 'signing', 'retired', 'gone', 'revoked')),
                public_jwk TEXT NOT NULL,
                sealed_private BLOB,
                announced_at BIGINT NOT NULL,
                signing_since BIGINT,
                retired_at BIGINT,
                ended_at BIGINT,
                CHECK ((sealed_private IS NOT NULL) = (state IN ('announced', 'signing', 'retired'))),
                CHECK ((ended_at IS NOT NULL) = (state IN ('gone', 'revoked'))),
                CHECK (state <> 'announced' OR (signing_since IS NULL AND retired_at IS NULL)),
                CHECK (state <> 'signing' OR (signing_since IS NOT NULL AND retired_at IS NULL)),
                CHECK (state NOT IN ('retired', 'gone') OR (signing_since IS NOT NULL AND retired_at IS NOT NULL))
            )
            """),
        // Whoever races: one key signs, one is announced.
        Statement("CREATE UNIQUE INDEX signing_keys_one_signs ON signing_keys (state) WHERE state = 'signing'"),
        Statement("CREATE UNIQUE INDEX signing_keys_one_announced ON signing_keys (state) WHERE state = 'announced'"),
        Statement(
            """
            CREATE TABLE key_set (
                only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
                sequence BIGINT NOT NULL CHECK (sequence >= 0)
            )
            """),
        Statement("INSERT INTO key_set (only_row, sequence) VALUES (1, 0)"),
    ]

    private static let apiKeys = [
        Statement(
            """
            CREATE TABLE api_keys (
                company_id TEXT NOT NULL REFERENCES companies,
                key_id TEXT NOT NULL,
                environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
                name TEXT NOT NULL,
                prefix TEXT NOT NULL CHECK (length(prefix) = 20),
                hash TEXT NOT NULL CHECK (length(hash) = 60),
                scopes TEXT NOT NULL,
                agent_id TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT,
                last_used_at BIGINT,
                revoked_at BIGINT,
                PRIMARY KEY (company_id, key_id)
            )
            """),
        // The one table that is asked before the company is known.
        Statement(
            """
            CREATE TABLE api_key_prefixes (
                prefix TEXT PRIMARY KEY,
                company_id TEXT NOT NULL,
                key_id TEXT NOT NULL
            )
            """),
    ]
}

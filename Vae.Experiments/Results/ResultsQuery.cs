namespace Vae.Experiments.Results;

/// <summary>Questions about all runs below a folder, answered from their Parquet files.</summary>
public static class ResultsQuery
{
    /// <summary>The finished runs, every column of summary.parquet, oldest first. where: a condition in SQL over these columns; so for the others.</summary>
    public static QueryResult Runs(string runsRoot, string? where = null) =>
        Ours(runsRoot, $"SELECT * FROM summary ORDER BY {Oldest}", where);

    /// <summary>The finished runs in the columns that fit a terminal, oldest first.</summary>
    public static QueryResult Overview(string runsRoot, string? where = null) =>
        Ours(
            runsRoot,
            $"""
            SELECT run_id AS run, dataset AS data, binarisation, steps, round(test_elbo, 2) AS elbo, round(test_log_px, 2) AS log_px,
                   round(test_log_px_se, 2) AS se, test_log_px_samples AS samples, round(wall_s)::BIGINT AS wall_s, status
            FROM summary ORDER BY {Oldest}
            """,
            where
        );

    /// <summary>The finished runs by the first test estimate of each, the best first, and the protocol of each.</summary>
    /// <exception cref="ExperimentException">They are of several protocols, whose numbers don't compare, and nobody insists (2).</exception>
    public static QueryResult Ranked(string runsRoot, bool force, string? where = null)
    {
        QueryResult ranking = Ours(
            runsRoot,
            $"""
            SELECT s.run_id AS run, s.dataset AS data, e.binarisation, e.kind, e.samples, e.examples, e.settings,
                   round(e.elbo, 2) AS elbo, round(e.log_px, 2) AS log_px, round(e.log_px_se, 2) AS se
            FROM summary s JOIN estimates e USING (run_id)
            WHERE e.split = 'test' AND e.part_of IS NULL AND e.kind = s.estimator
              AND e.samples = coalesce(s.test_log_px_samples, e.samples)
            QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY e.step DESC, e.examples DESC NULLS LAST, e.settings) = 1
            ORDER BY coalesce(e.log_px, e.elbo) DESC, {Oldest}
            """,
            where
        );
        var protocols = ranking
            .Rows.Select(row =>
                $"{row[1]}, {row[2]}, {row[3]} K={row[4]}, {row[5] ?? "?"} examples{(row[6] is { } settings ? $", {settings}" : "")}"
            )
            .Distinct()
            .ToList();
        return protocols.Count < 2 || force
            ? ranking
            : throw new ExperimentException(
                ExitCode.Usage,
                $"these runs are of {protocols.Count} protocols, and numbers of one don't compare with those of another: {string.Join("; ", protocols)}. "
                    + "See docs/evaluation.md; --force ranks them all the same."
            );
    }

    /// <summary>Test estimates over the runs of one experiment (of equal name and config but for the seed): count, mean and standard deviation (of a sample, n - 1) by kind and samples.</summary>
    public static QueryResult Grouped(string runsRoot, string? where = null) => Ours(runsRoot, Groups, where);

    internal static IReadOnlyList<EstimateGroup> GroupRows(string runsRoot) =>
        [.. Ours(runsRoot, Groups).Rows.Select(TableSchema<EstimateGroup>.Row)];

    internal static IReadOnlyList<RunEstimate> RunRows(string runsRoot) =>
        [.. Ours(runsRoot, $"FROM ({TestEstimates}) ORDER BY seed, run_id").Rows.Select(TableSchema<RunEstimate>.Row)];

    internal static IReadOnlyList<RunClusters> ClusterRows(string runsRoot) =>
        [
            .. Ours(
                runsRoot,
                "SELECT name, config_hash, run_id, seed, clustering_accuracy, nmi FROM summary WHERE clustering_accuracy IS NOT NULL ORDER BY seed, run_id"
            )
                .Rows.Select(TableSchema<RunClusters>.Row),
        ];

    internal static IReadOnlyList<RunLoss> LossRows(string runsRoot) =>
        [
            .. Ours(
                runsRoot,
                "SELECT name, config_hash, run_id, seed, steps, train_loss, wall_s FROM summary WHERE train_loss IS NOT NULL ORDER BY seed, run_id"
            )
                .Rows.Select(TableSchema<RunLoss>.Row),
        ];

    /// <summary>A person's own SELECT, over the views summary, metrics, estimates and log_weights and over any file.</summary>
    public static QueryResult Sql(string runsRoot, string sql)
    {
        using var database = new DuckDb(threads: 2);
        ResultViews.Create(database, runsRoot);
        return database.Ask(sql);
    }

    /// <summary>A run's folder begins with its time.</summary>
    private const string Oldest = "split_part(run_id, '/', -1), run_id";

    /// <summary>Those of the newest weights that were evaluated. Of fewer examples, or in another way, it's another estimate.</summary>
    private const string TestEstimates = """
        SELECT s.name, s.config_hash, s.dataset, e.binarisation, s.model, s.parameters, s.run_id, s.seed, s.best_step, s.steps, s.wall_s,
               e.kind, e.samples, e.examples, e.settings, e.elbo, e.log_px, e.log_px_se
        FROM summary s JOIN estimates e USING (run_id)
        WHERE e.split = 'test' AND e.part_of IS NULL AND e.kind <> 'diagnostics'
        QUALIFY e.step = max(e.step) OVER (PARTITION BY run_id)
            AND row_number() OVER (PARTITION BY run_id, e.kind, e.samples, e.examples, e.settings ORDER BY e.step DESC, e.seed) = 1
        """;

    private const string Groups = $"""
        SELECT name, config_hash, dataset, binarisation, model, kind, samples, examples, settings, count(*) AS runs, count(DISTINCT seed) AS seeds,
               avg(elbo) AS elbo_mean, stddev_samp(elbo) AS elbo_sd, avg(log_px) AS log_px_mean, stddev_samp(log_px) AS log_px_sd
        FROM ({TestEstimates}) GROUP BY ALL ORDER BY ALL
        """;

    private static QueryResult Ours(string runsRoot, string sql, string? where = null)
    {
        using var database = new DuckDb(threads: 2);
        ResultViews.Create(database, runsRoot);
        if (where is not null)
        {
            var kept = database.Ask($"SELECT run_id FROM summary WHERE ({where})").Rows;
            string ids = string.Join(", ", kept.Select(row => DuckDb.Literal((string)row[0]!)).Prepend("NULL"));
            database.Query("ALTER VIEW summary RENAME TO all_summaries");
            database.Query($"CREATE VIEW summary AS FROM all_summaries WHERE run_id IN ({ids})");
        }

        return database.Query(sql);
    }
}

using System.CommandLine;
using System.Globalization;
using Vae.Experiments.Data;

namespace Vae.Experiments.Commands;

/// <summary>vae data: which data sets are there, where, and whether their checksums are right.</summary>
internal static class DataCommand
{
    internal static Command Create()
    {
        var command = new Command("data", "List the data sets: what is there, where, checksums");
        command.SetAction(_ =>
        {
            DataFolders folders = DataFolders.FromEnvironment();
            foreach (var set in DataCatalog.Status(folders).GroupBy(f => f.DataSet))
            {
                Console.Out.WriteLine($"{set.Key}  ({set.First().Licence})");
                foreach (DataFileStatus file in set)
                {
                    Console.Out.WriteLine(
                        $"  {Words(file.State), -12} {file.File, -38} {Size(file), 14}  {file.Path ?? file.How}"
                    );
                }
            }

            Console.Out.WriteLine(
                $"looked in: {string.Join(", ", folders.Search)}; downloads go to {folders.Downloads}"
            );
        });
        return command;
    }

    private static string Words(DataFileState state) =>
        state switch
        {
            DataFileState.Ok => "ok",
            DataFileState.Wrong => "WRONG SHA-256",
            DataFileState.Generated => "generated",
            _ => "missing",
        };

    private static string Size(DataFileStatus file) =>
        file.Size is { } size ? $"{size.ToString("N0", CultureInfo.InvariantCulture)} B" : "";
}

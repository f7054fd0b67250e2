namespace Vae.Core.Metrics;

/// <summary>The assignment of rows to columns that maximises the sum of their values, Σᵢ v[i, m(i)], each column taken once at most.</summary>
/// <remarks>
/// The Hungarian method with potentials, O(rows² · columns): Kuhn 1955, doi:10.1002/nav.3800020109; Munkres 1957, doi:10.1137/0105003.
/// values: [R, C] with R ≤ C → m: [R].
/// </remarks>
public static class Matching
{
    /// <summary>The column of each row.</summary>
    public static int[] Best(long[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        int rows = values.GetLength(0);
        int columns = values.GetLength(1);
        if (rows > columns)
        {
            throw new ArgumentException($"{rows} rows can't each have a column of their own of {columns}.");
        }

        // Rows and columns from 1; 0 stands for none. The reduced cost −v[i, j] − rowPotential[i] − columnPotential[j] is never negative.
        var rowPotential = new long[rows + 1];
        var columnPotential = new long[columns + 1];
        var rowOf = new int[columns + 1];
        for (int row = 1; row <= rows; row++)
        {
            Augment(row);
        }

        var matched = new int[rows];
        for (int column = 1; column <= columns; column++)
        {
            if (rowOf[column] > 0)
            {
                matched[rowOf[column] - 1] = column - 1;
            }
        }

        return matched;

        // Gives the row a column along the cheapest path of exchanges, as Dijkstra finds it.
        void Augment(int row)
        {
            var slack = new long[columns + 1];
            var before = new int[columns + 1];
            var seen = new bool[columns + 1];
            Array.Fill(slack, long.MaxValue);
            int at = 0;
            rowOf[0] = row;
            while (rowOf[at] != 0)
            {
                seen[at] = true;
                int from = rowOf[at];
                int next = 0;
                for (int column = 1; column <= columns; column++)
                {
                    if (seen[column])
                    {
                        continue;
                    }

                    long reduced = -values[from - 1, column - 1] - rowPotential[from] - columnPotential[column];
                    if (reduced < slack[column])
                    {
                        (slack[column], before[column]) = (reduced, at);
                    }

                    next = next == 0 || slack[column] < slack[next] ? column : next;
                }

                long step = slack[next];
                for (int column = 0; column <= columns; column++)
                {
                    if (seen[column])
                    {
                        rowPotential[rowOf[column]] += step;
                        columnPotential[column] -= step;
                    }
                    else
                    {
                        slack[column] -= step;
                    }
                }

                at = next;
            }

            for (; at != 0; at = before[at])
            {
                rowOf[at] = rowOf[before[at]];
            }
        }
    }
}

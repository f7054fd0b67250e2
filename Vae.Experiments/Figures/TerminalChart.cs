using System.Text;

namespace Vae.Experiments.Figures;

/// <summary>Curves in a terminal, in characters: with colour as lines of braille dots (2 x 4 in a character), without as a symbol for each curve.</summary>
/// <remarks>The y axis shows the interesting range (<see cref="InterestingRange"/>); gaps stay gaps; where curves meet, the last one is seen.</remarks>
public sealed class TerminalChart
{
    private const string Symbols = "*+ox#@%&";
    private const int LinesAround = 3; // legend, axis and its labels
    private const int LeastRows = 3;
    private const int LeastColumns = 10;

    // Of the 256 colours, those nearest to Okabe and Ito's that show on dark and on light.
    private static readonly int[] colours = [32, 166, 35, 170, 178, 74];

    // The bit of a dot, by row and column within its character (Unicode 2800).
    private static readonly int[,] bits =
    {
        { 0x01, 0x08 },
        { 0x02, 0x10 },
        { 0x04, 0x20 },
        { 0x40, 0x80 },
    };

    private readonly bool colour;
    private readonly Axis x;
    private readonly Axis y;
    private readonly string[] labels;
    private readonly int[,] dots;
    private readonly int[,] owner;

    private TerminalChart(Curve[] curves, int width, int height, bool colour)
    {
        this.colour = colour;
        int rows = Math.Max(height - LinesAround, LeastRows);
        var (low, high) = InterestingRange.Of(curves.Select(c => c.Points));
        y = Axis.Of(low, high, Math.Max(rows / 4, 2)).Rounded();
        labels = new string[rows];
        foreach (double tick in y.Ticks)
        {
            labels[(int)Math.Round((1 - y.Position(tick)) * (rows - 1))] = y.Label(tick);
        }

        int columns = Math.Max(width - labels.Max(l => l?.Length ?? 0) - 2, LeastColumns);
        double[] xs = [.. curves.SelectMany(c => c.Points.Select(p => p.X)).DefaultIfEmpty(0)];
        x = Axis.Of(xs.Min(), xs.Max(), Math.Max(columns / 16, 1));
        dots = new int[rows, columns];
        owner = new int[rows, columns];
    }

    /// <summary>So many lines of text (at least six), none longer than the width, the last without its line break.</summary>
    public static string Render(IReadOnlyList<Series> series, string xLabel, int width, int height, bool colour)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(xLabel);
        Curve[] curves = [.. series.Select(s => Curve.Of(s, Colour.Ink))];
        var chart = new TerminalChart(curves, width, height, colour);
        for (int i = 0; i < curves.Length; i++)
        {
            foreach (var run in curves[i].Runs)
            {
                chart.Draw(run, i);
            }
        }

        return string.Join('\n', [chart.Legend(curves, $"by {xLabel}", width), .. chart.Rows(), .. chart.BottomAxis()]);
    }

    private int PerRow => colour ? 4 : 1;

    private int PerColumn => colour ? 2 : 1;

    private void Draw(IReadOnlyList<(double X, double Y)> run, int curve)
    {
        int wide = dots.GetLength(1) * PerColumn - 1;
        int high = dots.GetLength(0) * PerRow - 1;
        // Far outside the chart is as good as anywhere outside.
        (double X, double Y) Place((double X, double Y) p) =>
            (wide * x.Position(p.X), high * Math.Clamp(1 - y.Position(p.Y), -2, 3));
        var from = Place(run[0]);
        foreach (var point in run)
        {
            var to = Place(point);
            int steps = (int)Math.Ceiling(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
            for (int i = 0; i <= steps; i++)
            {
                double part = steps == 0 ? 1 : (double)i / steps;
                Dot(
                    (int)Math.Round(from.X + part * (to.X - from.X)),
                    (int)Math.Round(from.Y + part * (to.Y - from.Y)),
                    curve
                );
            }

            from = to;
        }
    }

    private void Dot(int column, int row, int curve)
    {
        if (row >= 0 && row < dots.GetLength(0) * PerRow)
        {
            dots[row / PerRow, column / PerColumn] |= bits[row % PerRow, column % PerColumn];
            owner[row / PerRow, column / PerColumn] = curve;
        }
    }

    private IEnumerable<string> Rows()
    {
        int label = labels.Max(l => l?.Length ?? 0);
        for (int row = 0; row < labels.Length; row++)
        {
            var line = new StringBuilder((labels[row] ?? "").PadLeft(label)).Append(labels[row] is null ? " │" : " ┤");
            for (int column = 0; column < dots.GetLength(1); column++)
            {
                line.Append(
                    dots[row, column] == 0
                        ? " "
                        : Mark(owner[row, column], colour ? (char)(0x2800 + dots[row, column]) : null)
                );
            }

            yield return line.ToString().TrimEnd();
        }
    }

    private IEnumerable<string> BottomAxis()
    {
        int left = labels.Max(l => l?.Length ?? 0) + 1;
        int columns = dots.GetLength(1);
        char[] line = [.. new string('─', columns)];
        char[] text = [.. new string(' ', left + 1 + columns)];
        int free = 0;
        foreach (double tick in x.Ticks)
        {
            int at = (int)Math.Round(x.Position(tick) * (columns - 1));
            line[at] = '┬';
            string label = x.Label(tick);
            int start = Math.Clamp(left + 1 + at - label.Length / 2, 0, Math.Max(text.Length - label.Length, 0));
            if (start >= free && start + label.Length <= text.Length)
            {
                label.CopyTo(0, text, start, label.Length);
                free = start + label.Length + 1;
            }
        }

        yield return $"{new string(' ', left)}└{new string(line)}";
        yield return new string(text).TrimEnd();
    }

    // What doesn't fit is left out, whole; the name of the x axis stands to the right.
    private string Legend(Curve[] curves, string name, int width)
    {
        var text = new StringBuilder();
        int used = 0;
        for (int i = 0; i < curves.Length; i++)
        {
            int length = curves[i].Name.Length + 5;
            if (used + length <= width)
            {
                text.Append(' ').Append(Mark(i, colour ? '━' : null)).Append(' ').Append(curves[i].Name).Append("  ");
                used += length;
            }
        }

        return used + name.Length <= width
            ? text.Append(' ', width - used - name.Length).Append(name).ToString()
            : text.ToString().TrimEnd();
    }

    private static string Mark(int curve, char? glyph) =>
        glyph is { } g
            ? $"\e[38;5;{colours[curve % colours.Length]}m{g}\e[0m"
            : Symbols[curve % Symbols.Length].ToString();
}

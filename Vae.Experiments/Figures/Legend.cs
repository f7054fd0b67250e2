using System.Globalization;

namespace Vae.Experiments.Figures;

/// <summary>The names of the curves, each behind a piece of its line, in rows from left to right.</summary>
internal sealed class Legend
{
    private const int MaxRows = 3;
    private const int MaxName = 300;
    private const int Swatch = 26;
    private const int SwatchGap = 8;
    private const int Between = 28;
    private const int RowHeight = 20;

    private readonly List<(string Text, Colour? Colour, int X, int Row)> items = [];

    /// <summary>Lays the names out in the given width; what three rows don't hold is counted.</summary>
    public Legend(IReadOnlyList<Curve> curves, int width)
    {
        const int roomForTheRest = 90;
        var (x, row) = (0, 0);
        for (var i = 0; i < curves.Count; i++)
        {
            var name = StrokeFont.Fit(curves[i].Name, MaxName) + (curves[i].Points.Count == 0 ? " (no data)" : "");
            var end = Swatch + SwatchGap + StrokeFont.Width(name);
            var room = row == MaxRows - 1 && i < curves.Count - 1 ? width - roomForTheRest : width;
            if (x > 0 && x + end > room)
            {
                if (row == MaxRows - 1)
                {
                    items.Add(
                        (string.Create(CultureInfo.InvariantCulture, $"and {curves.Count - i} more"), null, x, row)
                    );
                    break;
                }
                (x, row) = (0, row + 1);
            }
            items.Add((name, curves[i].Colour, x, row));
            x += end + Between;
        }
        Height = curves.Count == 0 ? 0 : (row + 1) * RowHeight;
    }

    /// <summary>Pixels from the first row's top to the last row's bottom.</summary>
    public int Height { get; }

    /// <summary>Draws it with its upper left corner at (left, top).</summary>
    public void Draw(Canvas canvas, int left, int top)
    {
        foreach (var (text, colour, offset, row) in items)
        {
            var (x, baseline) = (left + offset, top + (row * RowHeight) + 15);
            if (colour is { } line)
            {
                canvas.Polyline([(x + 1, baseline - 4.5), (x + Swatch, baseline - 4.5)], line, 3);
                x += Swatch + SwatchGap;
            }
            canvas.Text(text, x, baseline, Colour.Ink);
        }
    }
}

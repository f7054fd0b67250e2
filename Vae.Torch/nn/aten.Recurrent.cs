namespace Vae.Torch;

internal static partial class aten
{
    internal static readonly Operator lstm = new("aten::lstm", "input");
    internal static readonly Operator gru = new("aten::gru", "input");
    internal static readonly Operator lstm_cell = new("aten::lstm_cell");
    internal static readonly Operator gru_cell = new("aten::gru_cell");
    internal static readonly Operator embedding = new("aten::embedding");
    internal static readonly Operator embedding_renorm_ = new("aten::embedding_renorm_");
    internal static readonly Operator one_hot = new("aten::one_hot");
}

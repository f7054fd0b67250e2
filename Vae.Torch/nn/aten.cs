namespace Vae.Torch;

internal static partial class aten
{
    internal static readonly Operator alias = new("aten::alias");
    internal static readonly Operator linear = new("aten::linear");
    internal static readonly Operator elu_ = new("aten::elu_");
    internal static readonly Operator log_sigmoid = new("aten::log_sigmoid");
    internal static readonly Operator dropout = new("aten::dropout");
    internal static readonly Operator dropout_ = new("aten::dropout_");
    internal static readonly Operator pad = new("aten::pad");
    internal static readonly Operator conv2d = new("aten::conv2d");
    internal static readonly Operator conv2d_padding = new("aten::conv2d", "padding");
    internal static readonly Operator conv_transpose2d = new("aten::conv_transpose2d", "input");
    internal static readonly Operator batch_norm = new("aten::batch_norm");
    internal static readonly Operator layer_norm = new("aten::layer_norm");
    internal static readonly Operator upsample_nearest2d = new("aten::upsample_nearest2d", "vec");
    internal static readonly Operator upsample_bilinear2d = new("aten::upsample_bilinear2d", "vec");
    internal static readonly Operator binary_cross_entropy_with_logits = new("aten::binary_cross_entropy_with_logits");
    internal static readonly Operator uniform_ = new("aten::uniform_");
    internal static readonly Operator normal_ = new("aten::normal_");
    internal static readonly Operator set_data = new("aten::set_data");
    internal static readonly Operator vector_norm = new("aten::linalg_vector_norm");
}

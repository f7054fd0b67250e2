using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Op.Call(aten.abs, this);

        public Tensor ceil() => Op.Call(aten.ceil, this);

        public Tensor cos() => Op.Call(aten.cos, this);

        public Tensor sin() => Op.Call(aten.sin, this);

        public Tensor tanh() => Op.Call(aten.tanh, this);

        public Tensor erf() => Op.Call(aten.erf, this);

        public Tensor erfinv() => Op.Call(aten.erfinv, this);

        public Tensor exp() => Op.Call(aten.exp, this);

        public Tensor expm1() => Op.Call(aten.expm1, this);

        public Tensor floor() => Op.Call(aten.floor, this);

        public Tensor log() => Op.Call(aten.log, this);

        public Tensor log10() => Op.Call(aten.log10, this);

        public Tensor log1p() => Op.Call(aten.log1p, this);

        public Tensor log2() => Op.Call(aten.log2, this);

        public Tensor lgamma() => Op.Call(aten.lgamma, this);

        public Tensor digamma() => Op.Call(aten.digamma, this);

        public Tensor neg() => Op.Call(aten.neg, this);

        public Tensor reciprocal() => Op.Call(aten.reciprocal, this);

        public Tensor rsqrt() => Op.Call(aten.rsqrt, this);

        public Tensor sigmoid() => Op.Call(aten.sigmoid, this);

        public Tensor sign() => Op.Call(aten.sign, this);

        public Tensor sqrt() => Op.Call(aten.sqrt, this);

        public Tensor square() => Op.Call(aten.square, this);

        public Tensor relu() => Op.Call(aten.relu, this);

        public Tensor isfinite() => Op.Call(aten.isfinite, this);

        public Tensor isinf() => Op.Call(aten.isinf, this);

        public Tensor isnan() => Op.Call(aten.isnan, this);

        public Tensor logical_not() => Op.Call(aten.logical_not, this);

        public Tensor bitwise_not() => Op.Call(aten.bitwise_not, this);

        public Tensor softplus(double beta = 1, double threshold = 20) => Op.Call(aten.softplus, this, beta, threshold);

        public Tensor elu(double alpha = 1) => Op.Call(aten.elu, this, alpha);

        public Tensor leaky_relu(Scalar negative_slope) => Op.Call(aten.leaky_relu, this, negative_slope);

        public Tensor silu() => Op.Call(aten.silu, this);

        public Tensor gelu() => Op.Call(aten.gelu, this);

        public Tensor logit(double? eps = null) => Op.Call(aten.logit, this, eps);

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) =>
            Op.Call(aten.nan_to_num, this, nan, posinf, neginf);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Op.Call(aten.clamp, this, min, max);

        public Tensor clamp_min(Scalar min) => Op.Call(aten.clamp_min, this, min);

        public Tensor clamp_max(Scalar max) => Op.Call(aten.clamp_max, this, max);
    }
}

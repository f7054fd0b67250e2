using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor mul(Tensor target) => Op.Call(aten.mul, this, target);

        public Tensor mul(Scalar target) => Op.Call(aten.mul_scalar, this, target);

        public Tensor mul_(Tensor target) => InPlace(aten.mul_, target);

        public Tensor mul_(Scalar target) => InPlace(aten.mul_scalar_, target);

        public Tensor sub(Tensor target) => Op.Call(aten.sub, this, target);

        public Tensor sub(Scalar target) => Op.Call(aten.sub_scalar, this, target);

        public Tensor sub_(Tensor target) => InPlace(aten.sub_, target);

        public Tensor sub_(Scalar target) => InPlace(aten.sub_scalar_, target);

        public Tensor add(Tensor target) => Op.Call(aten.add, this, target);

        public Tensor add(Scalar scalar) => Op.Call(aten.add_scalar, this, scalar);

        public Tensor add_(Tensor target) => InPlace(aten.add_, target);

        public Tensor add_(Scalar scalar) => InPlace(aten.add_scalar_, scalar);

        public Tensor add(Tensor target, Scalar alpha) => Op.Call(aten.add, this, target, alpha);

        public Tensor add_(Tensor target, Scalar alpha) => InPlace(aten.add_, target, alpha);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Op.Call(aten.div_mode, this, target, Name(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Op.Call(aten.div_scalar_mode, this, target, Name(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            InPlace(aten.div_mode_, target, Name(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            InPlace(aten.div_scalar_mode_, target, Name(rounding_mode));

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Op.Call(aten.addcmul, this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            InPlace(aten.addcmul_, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Op.Call(aten.addcdiv, this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            InPlace(aten.addcdiv_, tensor1, tensor2, value);

        public Tensor lerp(Tensor end, Tensor weight) => Op.Call(aten.lerp, this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => InPlace(aten.lerp_, end, weight);

        public Tensor pow(Tensor exponent) => Op.Call(aten.pow, this, exponent);

        public Tensor pow(Scalar exponent) => Op.Call(aten.pow_scalar, this, exponent);

        public Tensor logaddexp(Tensor other) => Op.Call(aten.logaddexp, this, other);

        public Tensor maximum(Tensor other) => Op.Call(aten.maximum, this, other);

        public Tensor minimum(Tensor other) => Op.Call(aten.minimum, this, other);

        public Tensor matmul(Tensor target) => Op.Call(aten.matmul, this, target);

        public Tensor mm(Tensor target) => Op.Call(aten.mm, this, target);

        public Tensor mv(Tensor target) => Op.Call(aten.mv, this, target);

        public Tensor dot(Tensor target) => Op.Call(aten.dot, this, target);

        public Tensor bmm(Tensor batch2) => Op.Call(aten.bmm, this, batch2);

        public Tensor outer(Tensor vec2) => Op.Call(aten.outer, this, vec2);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Op.Call(aten.addmm, this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor zero_() => InPlace(aten.zero_);

        public Tensor fill_(Scalar value) => InPlace(aten.fill_, value);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace(aten.copy_, source, nonBlocking);

        public Tensor exp_() => InPlace(aten.exp_);

        public Tensor log_() => InPlace(aten.log_);

        public Tensor neg_() => InPlace(aten.neg_);

        public Tensor sqrt_() => InPlace(aten.sqrt_);

        public Tensor sigmoid_() => InPlace(aten.sigmoid_);

        public Tensor tanh_() => InPlace(aten.tanh_);

        public Tensor relu_() => InPlace(aten.relu_);

        private static string? Name(RoundingMode mode) =>
            mode switch
            {
                RoundingMode.floor => "floor",
                RoundingMode.trunc => "trunc",
                _ => null,
            };

        private Tensor InPlace(Operator op)
        {
            Op.Run(op, this);
            return this;
        }

        private Tensor InPlace(Operator op, Arg a)
        {
            Op.Run(op, this, a);
            return this;
        }

        private Tensor InPlace(Operator op, Arg a, Arg b)
        {
            Op.Run(op, this, a, b);
            return this;
        }

        private Tensor InPlace(Operator op, Arg a, Arg b, Arg c)
        {
            Op.Run(op, this, a, b, c);
            return this;
        }
    }
}

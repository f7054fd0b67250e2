using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Op.Call(aten.add, left, right);

        public static Tensor operator +(Tensor left, Scalar right) => Op.Call(aten.add_scalar, left, right);

        public static Tensor operator +(Tensor left, int right) => Op.Call(aten.add_scalar, left, (Scalar)right);

        public static Tensor operator +(Tensor left, long right) => Op.Call(aten.add_scalar, left, (Scalar)right);

        public static Tensor operator +(Tensor left, float right) => Op.Call(aten.add_scalar, left, (Scalar)right);

        public static Tensor operator +(Tensor left, double right) => Op.Call(aten.add_scalar, left, (Scalar)right);

        public static Tensor operator +(Scalar left, Tensor right) => Op.Call(aten.add_scalar, right, left);

        public static Tensor operator +(int left, Tensor right) => Op.Call(aten.add_scalar, right, (Scalar)left);

        public static Tensor operator +(long left, Tensor right) => Op.Call(aten.add_scalar, right, (Scalar)left);

        public static Tensor operator +(float left, Tensor right) => Op.Call(aten.add_scalar, right, (Scalar)left);

        public static Tensor operator +(double left, Tensor right) => Op.Call(aten.add_scalar, right, (Scalar)left);

        public static Tensor operator -(Tensor left, Tensor right) => Op.Call(aten.sub, left, right);

        public static Tensor operator -(Tensor left, Scalar right) => Op.Call(aten.sub_scalar, left, right);

        public static Tensor operator -(Tensor left, int right) => Op.Call(aten.sub_scalar, left, (Scalar)right);

        public static Tensor operator -(Tensor left, long right) => Op.Call(aten.sub_scalar, left, (Scalar)right);

        public static Tensor operator -(Tensor left, float right) => Op.Call(aten.sub_scalar, left, (Scalar)right);

        public static Tensor operator -(Tensor left, double right) => Op.Call(aten.sub_scalar, left, (Scalar)right);

        public static Tensor operator -(Scalar left, Tensor right) => Op.Call(aten.rsub, right, left);

        public static Tensor operator -(int left, Tensor right) => Op.Call(aten.rsub, right, (Scalar)left);

        public static Tensor operator -(long left, Tensor right) => Op.Call(aten.rsub, right, (Scalar)left);

        public static Tensor operator -(float left, Tensor right) => Op.Call(aten.rsub, right, (Scalar)left);

        public static Tensor operator -(double left, Tensor right) => Op.Call(aten.rsub, right, (Scalar)left);

        public static Tensor operator *(Tensor left, Tensor right) => Op.Call(aten.mul, left, right);

        public static Tensor operator *(Tensor left, Scalar right) => Op.Call(aten.mul_scalar, left, right);

        public static Tensor operator *(Tensor left, int right) => Op.Call(aten.mul_scalar, left, (Scalar)right);

        public static Tensor operator *(Tensor left, long right) => Op.Call(aten.mul_scalar, left, (Scalar)right);

        public static Tensor operator *(Tensor left, float right) => Op.Call(aten.mul_scalar, left, (Scalar)right);

        public static Tensor operator *(Tensor left, double right) => Op.Call(aten.mul_scalar, left, (Scalar)right);

        public static Tensor operator *(Scalar left, Tensor right) => Op.Call(aten.mul_scalar, right, left);

        public static Tensor operator *(int left, Tensor right) => Op.Call(aten.mul_scalar, right, (Scalar)left);

        public static Tensor operator *(long left, Tensor right) => Op.Call(aten.mul_scalar, right, (Scalar)left);

        public static Tensor operator *(float left, Tensor right) => Op.Call(aten.mul_scalar, right, (Scalar)left);

        public static Tensor operator *(double left, Tensor right) => Op.Call(aten.mul_scalar, right, (Scalar)left);

        public static Tensor operator /(Tensor left, Tensor right) => Op.Call(aten.div, left, right);

        public static Tensor operator /(Tensor left, Scalar right) => Op.Call(aten.div_scalar, left, right);

        public static Tensor operator /(Tensor left, int right) => Op.Call(aten.div_scalar, left, (Scalar)right);

        public static Tensor operator /(Tensor left, long right) => Op.Call(aten.div_scalar, left, (Scalar)right);

        public static Tensor operator /(Tensor left, float right) => Op.Call(aten.div_scalar, left, (Scalar)right);

        public static Tensor operator /(Tensor left, double right) => Op.Call(aten.div_scalar, left, (Scalar)right);

        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal().mul(left);

        public static Tensor operator /(int left, Tensor right) => right.reciprocal().mul((Scalar)left);

        public static Tensor operator /(long left, Tensor right) => right.reciprocal().mul((Scalar)left);

        public static Tensor operator /(float left, Tensor right) => right.reciprocal().mul((Scalar)left);

        public static Tensor operator /(double left, Tensor right) => right.reciprocal().mul((Scalar)left);

        public static Tensor operator -(Tensor tensor) => Op.Call(aten.neg, tensor);

        public static Tensor operator <(Tensor left, Tensor right) => Op.Call(aten.lt, left, right);

        public static Tensor operator <(Tensor left, Scalar right) => Op.Call(aten.lt_scalar, left, right);

        public static Tensor operator <=(Tensor left, Tensor right) => Op.Call(aten.le, left, right);

        public static Tensor operator <=(Tensor left, Scalar right) => Op.Call(aten.le_scalar, left, right);

        public static Tensor operator >(Tensor left, Tensor right) => Op.Call(aten.gt, left, right);

        public static Tensor operator >(Tensor left, Scalar right) => Op.Call(aten.gt_scalar, left, right);

        public static Tensor operator >=(Tensor left, Tensor right) => Op.Call(aten.ge, left, right);

        public static Tensor operator >=(Tensor left, Scalar right) => Op.Call(aten.ge_scalar, left, right);

        public Tensor lt(Tensor target) => Op.Call(aten.lt, this, target);

        public Tensor lt(Scalar target) => Op.Call(aten.lt_scalar, this, target);

        public Tensor le(Tensor target) => Op.Call(aten.le, this, target);

        public Tensor le(Scalar target) => Op.Call(aten.le_scalar, this, target);

        public Tensor gt(Tensor target) => Op.Call(aten.gt, this, target);

        public Tensor gt(Scalar target) => Op.Call(aten.gt_scalar, this, target);

        public Tensor ge(Tensor target) => Op.Call(aten.ge, this, target);

        public Tensor ge(Scalar target) => Op.Call(aten.ge_scalar, this, target);

        public Tensor eq(Tensor target) => Op.Call(aten.eq, this, target);

        public Tensor eq(Scalar target) => Op.Call(aten.eq_scalar, this, target);

        public Tensor ne(Tensor target) => Op.Call(aten.ne, this, target);

        public Tensor ne(Scalar target) => Op.Call(aten.ne_scalar, this, target);

        public Tensor logical_and(Tensor other) => Op.Call(aten.logical_and, this, other);

        public Tensor logical_or(Tensor other) => Op.Call(aten.logical_or, this, other);
    }
}

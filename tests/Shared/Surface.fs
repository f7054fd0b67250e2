/// A public API written line by line, to be held against a list of another library's.
module Vae.Tests.Surface

open System
open System.Collections.Generic
open System.Reflection
open System.Runtime.CompilerServices
open System.Text.RegularExpressions

let everything =
    BindingFlags.Public
    ||| BindingFlags.NonPublic
    ||| BindingFlags.Instance
    ||| BindingFlags.Static
    ||| BindingFlags.DeclaredOnly

let keywords =
    dict
        [
            typeof<bool>, "bool"
            typeof<byte>, "byte"
            typeof<sbyte>, "sbyte"
            typeof<int16>, "short"
            typeof<uint16>, "ushort"
            typeof<int>, "int"
            typeof<int64>, "long"
            typeof<uint64>, "ulong"
            typeof<float32>, "float"
            typeof<float>, "double"
            typeof<string>, "string"
            typeof<obj>, "object"
            typeof<Void>, "void"
        ]

/// A type as C# writes it, its containing types before it, no namespace. `tupleNames` gives tuple elements their names, in order.
let rec typeName (tupleNames: Queue<string>) (t: Type) : string =
    let inner = typeName tupleNames

    if t.IsByRef then
        inner (t.GetElementType())
    elif t.IsArray then
        inner (t.GetElementType()) + "[]"
    elif keywords.ContainsKey t then
        keywords[t]
    elif t.IsGenericParameter then
        t.Name
    elif Nullable.GetUnderlyingType t |> isNull |> not then
        inner (Nullable.GetUnderlyingType t) + "?"
    elif
        t.Namespace = "System"
        && t.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)
    then
        let arguments = t.GetGenericArguments()
        // A tuple's own names come before those of the tuples in it.
        let names =
            [
                for _ in arguments -> if tupleNames.Count > 0 then tupleNames.Dequeue() else null
            ]

        let parts =
            List.map2
                (fun a name ->
                    if String.IsNullOrEmpty name then
                        inner a
                    else
                        inner a + " " + name)
                (List.ofArray arguments)
                names

        "(" + String.Join(", ", parts) + ")"
    else
        let outer =
            if isNull t.DeclaringType then
                ""
            else
                typeName (Queue()) t.DeclaringType + "."

        let own =
            if isNull t.DeclaringType then
                0
            else
                t.DeclaringType.GetGenericArguments().Length

        let arguments = t.GetGenericArguments() |> Array.skip own

        let generic =
            if arguments.Length = 0 then
                ""
            else
                "<" + String.Join(", ", arguments |> Array.map inner) + ">"

        outer + t.Name.Split('`')[0] + generic

let named (source: ICustomAttributeProvider) t =
    let attribute =
        source.GetCustomAttributes(typeof<TupleElementNamesAttribute>, false)
        |> Seq.cast<TupleElementNamesAttribute>
        |> Seq.tryHead

    typeName (Queue(attribute |> Option.map _.TransformNames |> Option.defaultValue [||])) t

let literal (t: Type) (value: obj) =
    let t = Nullable.GetUnderlyingType t |> Option.ofObj |> Option.defaultValue t

    match value with
    | null when t.IsValueType && not t.IsPrimitive && not t.IsEnum -> "default"
    | null -> "null"
    | :? bool as b -> if b then "true" else "false"
    | :? string as s -> $"\"{s}\""
    | v when t.IsEnum -> typeName (Queue()) t + "." + Enum.GetName(t, v)
    | v -> Convert.ToString(v, Globalization.CultureInfo.InvariantCulture)

let parameter (p: ParameterInfo) =
    let has attribute = p.IsDefined(attribute, false)

    let prefix =
        if has typeof<ParamArrayAttribute> || has typeof<ParamCollectionAttribute> then
            "params "
        elif p.Position = 0 && p.Member.IsDefined(typeof<ExtensionAttribute>, false) then
            "this "
        elif p.IsOut then
            "out "
        elif p.ParameterType.IsByRef then
            "ref "
        else
            ""

    // `T? x = null` has the default null; `T x = default` of a structure has it too.
    let nullable = Nullable.GetUnderlyingType p.ParameterType |> isNull |> not

    let value =
        if not p.HasDefaultValue then ""
        elif nullable && isNull p.DefaultValue then " = null"
        else " = " + literal p.ParameterType p.DefaultValue

    $"{prefix}{named p p.ParameterType} {p.Name}{value}"

let parameters (ps: ParameterInfo[]) =
    String.Join(", ", ps |> Array.map parameter)

/// "public ", "protected " or, when nobody outside sees it, nothing at all.
let access (m: MethodBase) =
    if m.IsPublic then
        Some "public "
    elif m.IsFamily || m.IsFamilyOrAssembly then
        Some "protected "
    else
        None

let operatorNames =
    dict
        [
            "op_Addition", "+"
            "op_Subtraction", "-"
            "op_Multiply", "*"
            "op_Division", "/"
            "op_Modulus", "%"
            "op_UnaryNegation", "-"
            "op_OnesComplement", "~"
            "op_BitwiseAnd", "&"
            "op_BitwiseOr", "|"
            "op_ExclusiveOr", "^"
            "op_Equality", "=="
            "op_Inequality", "!="
            "op_LessThan", "<"
            "op_LessThanOrEqual", "<="
            "op_GreaterThan", ">"
            "op_GreaterThanOrEqual", ">="
        ]

let isStatic (m: MethodBase) = if m.IsStatic then "static " else ""

let method (owner: string) (m: MethodInfo) access =
    let ps = parameters (m.GetParameters())
    let result = named m.ReturnParameter m.ReturnType

    match m.Name with
    | "op_Implicit" -> $"{access}static {owner}.implicit operator {result}({ps})"
    | "op_Explicit" -> $"{access}static {owner}.explicit operator {result}({ps})"
    | name when operatorNames.ContainsKey name ->
        $"{access}static {result} {owner}.operator {operatorNames[name]}({ps})"
    | name ->
        let generic =
            if m.IsGenericMethod then
                "<" + String.Join(", ", m.GetGenericArguments() |> Array.map _.Name) + ">"
            else
                ""

        $"{access}{isStatic m}{result} {owner}.{name}{generic}({ps})"

/// Every line that describes what others see of the type: itself, then its members.
let lines (t: Type) : string list =
    let owner = typeName (Queue()) t

    let kind =
        if t.IsEnum then "enum"
        elif t.IsInterface then "interface"
        elif t.IsValueType then "struct"
        elif t.IsAbstract && t.IsSealed then "static class"
        elif t.IsAbstract then "abstract class"
        elif t.IsSealed then "sealed class"
        else "class"

    let publicIn access = if t.IsInterface then "" else access
    let declaration = [ $"public {kind} {owner}" ]

    if t.IsEnum then
        declaration
        @ [
            for name in Enum.GetNames t ->
                $"{owner}.{name} = {Convert.ChangeType(Enum.Parse(t, name), Enum.GetUnderlyingType t)}"
        ]
    else
        let own (m: MethodInfo) = m.GetBaseDefinition() = m // an override is what its base class says

        [
            yield! declaration

            for c in t.GetConstructors everything |> Array.filter (fun c -> not c.IsStatic) do
                match access c with
                | Some a -> $"{a}{owner}.{t.Name.Split('`')[0]}({parameters (c.GetParameters())})"
                | None -> ()

            for f in t.GetFields everything do
                if f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly then
                    let a = if f.IsPublic then "public " else "protected "
                    let s = if f.IsStatic then "static " else ""
                    let r = if f.IsInitOnly then "readonly " else ""
                    $"{a}{s}{r}{named f f.FieldType} {owner}.{f.Name}"

            for p in t.GetProperties everything do
                let seen =
                    [ "get", p.GetMethod; "set", p.SetMethod ]
                    |> List.filter (fun (_, m) -> not (isNull m) && (access m).IsSome && own m)

                match seen with
                | [] -> ()
                | (_, first) :: _ ->
                    let index = p.GetIndexParameters()

                    let name =
                        if index.Length > 0 then
                            $"this[{parameters index}]"
                        else
                            p.Name

                    let accessors = String.Join(" ", seen |> List.map (fun (verb, _) -> verb + ";"))
                    $"{publicIn (access first).Value}{isStatic first}{named p p.PropertyType} {owner}.{name} {{ {accessors} }}"

            for m in t.GetMethods everything do
                match access m with
                | Some a when
                    own m
                    && (not m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal))
                    ->
                    method owner m (publicIn a)
                | _ -> ()
        ]

/// A line without what the two sources write differently though it means the same: `?` on references, overrides, base types.
let normal (line: string) =
    let replace (pattern: string) (by: string) text = Regex.Replace(text, pattern, by)

    line.Replace("[Obsolete] ", "").Replace("@", "")
    |> replace @"\b(virtual|override|abstract(?! class)|internal) " ""
    |> replace @"\{ (get; )?(?:(?:private|internal|protected) set; )?(set; )?\}" "{ $1$2}"
    |> replace @"\breadonly struct\b" "struct"
    |> replace @" where \w+ : .*$" ""
    |> replace @"^(public [a-z ]*?(?:class|struct|interface|enum) [^:]*?) : .*$" "$1"
    |> replace
        @"(?<!\b(?:bool|byte|sbyte|short|int|long|ulong|float|double|ScalarType|Padding|DeviceType|Size|Reduction)|\))\?"
        ""
    |> replace @"\bnint\b" "IntPtr"

/// What a line that offers less than the listed one may leave out: the setter.
let known (text: seq<string>) =
    let all =
        HashSet(text |> Seq.filter (fun l -> not (l.StartsWith '#')) |> Seq.map normal)

    for line in List.ofSeq all do
        if line.EndsWith("{ get; set; }", StringComparison.Ordinal) then
            all.Add(line.Replace("{ get; set; }", "{ get; }")) |> ignore

    all

/// What the assembly offers in a namespace and those below it.
let offered (assembly: Assembly) (space: string) =
    let rec visible (t: Type) =
        (t.IsPublic || t.IsNestedPublic)
        && (isNull t.DeclaringType || visible t.DeclaringType)

    [
        for t in assembly.GetTypes() do
            if
                visible t
                && (t.Namespace + ".").StartsWith(space + ".", StringComparison.Ordinal)
            then
                yield! lines t
    ]
